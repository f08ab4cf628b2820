// LuaCATS from op.h.
#include "bindings/annotations.h"

#include <type_traits>

#include "host/core/call.h"

namespace tidegate {
namespace {

std::string TypeName(const std::string*) { return "string"; }
std::string TypeName(const bool*) { return "boolean"; }
std::string TypeName(const std::int64_t*) { return "integer"; }
std::string TypeName(const Duration*) { return "number|string"; }
std::string TypeName(const Sectors*) { return "integer[]"; }
std::string TypeName(const VolumeHandle*) { return "Volume"; }
std::string TypeName(const std::monostate*) { return "true"; }
std::string TypeName(const Strings*) { return "string[]"; }
std::string TypeName(const Reservation*) { return "Reservation"; }
std::string TypeName(const Extents*) { return "Extent[]"; }
std::string TypeName(const VolumeAttributes*) { return "VolumeAttributes"; }

struct Parameter {
  std::string name;
  std::string type;
  std::string doc;
  bool named;
};

template <class Op>
std::vector<Parameter> ParametersOf() {
  std::vector<Parameter> parameters;
  [[maybe_unused]] const Op sample{};
  std::apply(
      [&](const auto&... field) {
        [[maybe_unused]] const auto add = [&]<class T>(const Field<Op, T>& f) {
          parameters.push_back({std::string(f.name), TypeName(static_cast<const T*>(nullptr)),
                                std::string(f.doc), f.style == FieldStyle::kNamed});
        };
        (add(field), ...);
      },
      Op::Fields());
  return parameters;
}

std::string ErrorNames(const OpInfo& info) {
  std::string names;
  for (const ErrorCode code : info.errors) {
    names += (names.empty() ? "" : ", ") + std::string(Name(code));
  }
  return names;
}

// Operations on an open volume are its methods.
bool IsMethod(const std::vector<Parameter>& parameters) {
  return !parameters.empty() && parameters[0].type == "Volume";
}

// As comment lines of at most 100 columns.
std::string Wrapped(std::string_view text) {
  constexpr std::size_t kColumns = 95;
  std::string lines;
  while (text.size() > kColumns) {
    const std::size_t cut = text.rfind(' ', kColumns);
    lines += "--- " + std::string(text.substr(0, cut)) + "\n";
    text.remove_prefix(cut + 1);
  }
  return lines + "--- " + std::string(text) + "\n";
}

std::string Describe(const OpInfo& info, const std::vector<Parameter>& parameters,
                     const std::string& answer) {
  const bool method = IsMethod(parameters);
  std::string name(info.name);
  std::string options;
  std::string lines = Wrapped(info.doc);
  std::string list;
  for (std::size_t i = method ? 1 : 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    lines += Wrapped("`" + p.name + "`: " + p.doc);
    if (p.named) {
      options += (options.empty() ? "" : ", ") + p.name + "?: " + p.type;
      continue;
    }
    list += (list.empty() ? "" : ", ") + p.name;
  }
  if (const std::string errors = ErrorNames(info); !errors.empty()) {
    lines += "---\n" + Wrapped("Errors: " + errors + ".");
  }
  lines += "--- Capability: " + std::string(Name(info.capability)) + ".\n---@async\n";
  for (std::size_t i = method ? 1 : 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (!p.named) lines += "---@param " + p.name + " " + p.type + "\n";
  }
  if (!options.empty()) {
    list += list.empty() ? "options" : ", options";
    lines += "---@param options? { " + options + " }\n";
  }
  lines += "---@return " + answer + "? answer\n---@return Error? err\n";
  if (method) name = "Volume:" + name.substr(name.find('.') + 1);
  return lines + "function " + name + "(" + list + ") end\n\n";
}

template <class... Ops>
std::string DescribeAll(const std::variant<Ops...>*, std::string_view table, bool methods) {
  std::string text;
  const auto describe = [&]<class Op>(const Op*) {
    static constexpr OpInfo kInfo = Op::Info();
    if (kInfo.name.substr(0, kInfo.name.find('.')) != table) return;
    const std::vector<Parameter> parameters = ParametersOf<Op>();
    if (IsMethod(parameters) != methods) return;
    text += Describe(kInfo, parameters, TypeName(static_cast<const typename Op::Reply*>(nullptr)));
  };
  (describe(static_cast<const Ops*>(nullptr)), ...);
  return text;
}

// What is no operation.
constexpr std::string_view kTypes = R"lua(---@meta
-- What a policy can call. Made from the bindings: do not edit.

--- What a failed operation answers beside nil. `tostring` makes a readable line of it.
---@class Error
---@field code integer the Win32 number
---@field name string e.g. "ERROR_NOT_READY"
---@field op string e.g. "volume.offline"
---@field detail string what the system said
---@field where string script:line of the operation
---@field attempts? integer how often retry tried

--- What ended the entry point that terminate follows.
---@class Cause
---@field kind string e.g. "deadline"
---@field entry_point string
---@field attempt integer
---@field code integer
---@field name string
---@field op string
---@field where string
---@field message string

---@class Extent
---@field disk integer
---@field offset integer bytes
---@field length integer bytes

---@class Reservation
---@field key integer of the node that holds it
---@field kind string "write_exclusive_registrants" and the like; "" when nobody holds it

---@class VolumeAttributes
---@field kind string "image", "loop", "block", "scsi"; on Windows "volume" or "disk"
---@field device string
---@field file_system string
---@field mounted_at string
---@field size integer bytes
---@field sector_size integer bytes
---@field read_only boolean

--- The resource that the policy serves: the first argument of every entry point.
---@class Resource
---@field name string
---@field node string
---@field properties table<string, any> as the policy declares them; read only
---@field state table plain data that survives swaps and restarts
---@field role "promoted"|"unpromoted" what it is; only Pacemaker promotes
local Resource = {}

--- Seconds until the entry point's time is up; math.huge without a deadline.
---@return number
function Resource:deadline() end

--- Says what a pending entry point is doing; shown to operators, and proof of progress.
---@param text string
function Resource:progress(text) end

--- Runs `f(resource)` beside the entry points while the resource is online.
---@param f fun(resource: Resource)
function Resource:watch(f) end

--- Ends the entry point: the resource is unhealthy.
---@param reason string
function Resource:fail(reason) end

)lua";

constexpr std::string_view kVolume = R"lua(---@meta
-- What a policy can do with an open volume. Made from the bindings: do not edit.

--- An open volume. It is closed by `local vol <close> = ...`, or with the entry point.
---@class Volume
local Volume = {}

)lua";

struct Table {
  std::string_view name;
  std::string_view functions;
};

constexpr Table kTables[] = {
    {"volume", ""},
    {"cluster", R"lua(--- The node that this host runs on.
---@return string
function cluster.node() end

)lua"},
    {"timer", R"lua(--- Seconds since an arbitrary moment, to the millisecond.
---@return number
function timer.now() end

--- Seconds that the running entry point has left; math.huge without a deadline.
---@return number
function timer.left() end

--- Seconds from a number of seconds or a text such as "250ms".
---@param duration number|string
---@return number
function timer.seconds(duration) end

)lua"},
    {"store", ""},
    {"log", R"lua(--- Each takes one value, or a format as string.format does and its values.
---@param text any
---@param ... any
function log.debug(text, ...) end

---@param text any
---@param ... any
function log.info(text, ...) end

---@param text any
---@param ... any
function log.warning(text, ...) end

---@param text any
---@param ... any
function log.error(text, ...) end

)lua"}};

}  // namespace

std::vector<AnnotationFile> Annotations() {
  // The methods of Volume, as functions of `volume`, belong to the types.
  const std::string methods = DescribeAll(static_cast<const Call*>(nullptr), "volume", true);
  std::vector<AnnotationFile> files = {
      {"tidegate.lua", std::string(kTypes) + "return {}\n"},
      {"open_volume.lua", std::string(kVolume) + methods + "return {}\n"}};
  for (const Table& table : kTables) {
    const std::string name(table.name);
    std::string text = "---@meta " + name + "\n-- Made from the bindings: do not edit.\n\n";
    text += "---@class " + name + "lib\nlocal " + name + " = {}\n\n";
    text += DescribeAll(static_cast<const Call*>(nullptr), table.name, false);
    text += std::string(table.functions) + "return " + name + "\n";
    files.push_back({name + ".lua", std::move(text)});
  }
  return files;
}

}  // namespace tidegate
