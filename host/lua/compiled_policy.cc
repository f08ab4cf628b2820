// Compiling, in a sandbox of its own for each file.
#include "host/lua/compiled_policy.h"

#include <algorithm>

#include "host/core/line.h"
#include "host/core/nearest.h"
#include "host/lua/bytecode.h"
#include "host/lua/image.h"
#include "host/lua/sha256.h"
#include "host/lua/stack.h"
#include "host/lua/stock.h"

namespace tidegate {
namespace {

constexpr int kCompileGcPause = 400;

struct Job {
  std::string chunk_name;
  std::string_view text;
  std::string bytecode;
};

int Append(lua_State*, const void* bytes, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return 0;
}

int CompileBody(lua_State* L) {
  Job& job = *static_cast<Job*>(Runtime::Of(L).job);
  const int status =
      luaL_loadbufferx(L, job.text.data(), job.text.size(), job.chunk_name.c_str(), "t");
  if (status != LUA_OK) return lua_error(L);
  lua_dump(L, &Append, &job.bytecode, 0);
  return 0;
}

// What editors on Windows put before a text.
std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

// The bytecode, or the problem.
Result<Bytecode> CompileText(const std::string& shown_name, std::string_view text,
                             const SandboxLimits& limits) {
  if (text.size() > limits::kSourceBytes) {
    return Error{ErrorCode::kInvalidData, "",
                 shown_name + ": has " + std::to_string(text.size()) + " bytes, at most " +
                     std::to_string(limits::kSourceBytes) + " are read"};
  }
  SandboxLimits compile = limits;
  compile.fuel = std::min(compile.fuel, limits::kCompileFuel);
  Sandbox sandbox(compile, nullptr);
  if (sandbox.state() == nullptr) {
    return Error{ErrorCode::kNotEnoughMemory, "", shown_name + ": no memory to compile it"};
  }
  // Nearly nothing that a compiler makes is garbage, and all of it goes with the sandbox.
  lua_gc(sandbox.state(), LUA_GCINC, kCompileGcPause, 0, 0);
  Job job{"=" + shown_name, WithoutMark(text), {}};
  Runtime runtime;
  runtime.sandbox = &sandbox;
  runtime.job = &job;
  sandbox.runtime = &runtime;
  if (sandbox.Call(&CompileBody)) return ReadBytecode(job.bytecode);
  std::string problem = PrintableLine(sandbox.error(), limits::kReasonBytes);
  if (!problem.starts_with(shown_name)) problem = shown_name + ": " + problem;
  return Error{ErrorCode::kInvalidData, "", std::move(problem)};
}

// Names that nobody declares are found before anything runs: in a policy, the line that misspells a
// name may be the one that runs on the worst day.
std::string UnknownGlobals(const std::string& shown_name, const std::vector<GlobalUse>& globals) {
  constexpr int kProblems = 20;  // nobody reads more at once
  std::vector<std::string_view> known;
  for (const Function& f : StockLibraries().globals.functions) known.push_back(f.name);
  known.push_back("string");
  for (const GlobalUse& use : globals) {
    if (use.assigned && !use.in_function) known.push_back(use.name);
  }
  std::ranges::sort(known);
  std::string problems;
  int count = 0;
  for (const GlobalUse& use : globals) {
    if (std::ranges::binary_search(known, std::string_view(use.name))) continue;
    if (++count > kProblems) return problems + shown_name + ": ... and more\n";
    problems += shown_name + ":" + std::to_string(use.line) + ": ";
    problems += use.assigned ? "assignment to undeclared global '" + use.name + "'; write 'local " +
                                   use.name + "'"
                             : "undefined global '" + use.name + "'" + Suggestion(use.name, known);
    problems += '\n';
  }
  return problems;
}

// "name", 'name' or [[name]]: what `require` can be given. A table's field of that name is none.
bool Quotes(std::string_view text, std::string_view name) {
  constexpr std::string_view kQuotes = "\"'[]";
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (at > 0 && end < text.size() && kQuotes.find(text[at - 1]) != kQuotes.npos &&
        kQuotes.find(text[end]) != kQuotes.npos) {
      return true;
    }
  }
  return false;
}

// Which scripts some text names: the policy's own, and those of the scripts that they name. To
// parse the others would cost a short process, an OCF action, more than all it does.
std::vector<bool> Named(const PolicySource& source, std::span<const ModuleView> scripts) {
  std::vector<std::string_view> texts = {source.text};
  for (const Module& module : source.modules) texts.push_back(module.text);
  std::vector<bool> named(scripts.size());
  for (std::size_t next = 0; next < texts.size(); ++next) {
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      if (named[i] || !Quotes(texts[next], scripts[i].name)) continue;
      named[i] = true;
      texts.push_back(scripts[i].text);
    }
  }
  return named;
}

bool IsBuiltIn(std::string_view module, std::span<const ModuleView> scripts,
               const BindingList& bindings) {
  return std::ranges::find(scripts, module, &ModuleView::name) != scripts.end() ||
         std::ranges::find(bindings.libraries, module, &Library::name) != bindings.libraries.end();
}

// A lone file's is what sha256sum says of it; with modules, what they hold counts as well, and of a
// pack what it may touch: the same code with another scope is another policy.
std::string DigestOf(const PolicySource& source) {
  const Permissions* pack = source.permissions.get();
  if (source.modules.empty() && pack == nullptr) return Sha256(source.text);
  std::string all = source.text;
  if (pack != nullptr) {
    const auto add = [&all](const std::string& part) {
      all += '\n' + std::to_string(part.size()) + '\n' + part;
    };
    const auto add_all = [&](const Patterns& patterns) {
      all += '\n' + std::to_string(patterns.size());
      for (const std::string& pattern : patterns) add(pattern);
    };
    add(pack->pack);
    add_all(pack->mount_points);
    for (const std::optional<Patterns>& scope : pack->scopes) {
      if (scope) add_all(*scope);
      if (!scope) all += "\n-";
    }
  }
  for (const Module& module : source.modules) {
    for (const std::string* part : {&module.name, &module.text}) {
      all += '\n' + std::to_string(part->size()) + '\n' + *part;
    }
  }
  return Sha256(all);
}

}  // namespace

CompiledPolicy::~CompiledPolicy() {
  for (const MadeImage* made = images_.load(); made != nullptr;) {
    const MadeImage* next = made->next;
    delete made;
    made = next;
  }
}

std::shared_ptr<const Image> CompiledPolicy::ImageFor(const SandboxLimits& limits) const {
  // Limits are a configuration's, so there are few; beyond that, nothing is kept.
  constexpr int kKept = 16;
  SandboxLimits wanted = limits;
  wanted.seed = 0;
  const MadeImage* first = images_.load(std::memory_order_acquire);
  int count = 0;
  for (const MadeImage* made = first; made != nullptr; made = made->next, ++count) {
    if (made->limits == wanted) return made->image;
  }
  std::shared_ptr<const Image> image = Image::Make(*this, wanted);
  if (count >= kKept) return image;
  auto* made = new MadeImage{wanted, image, first};
  while (!images_.compare_exchange_weak(made->next, made, std::memory_order_acq_rel)) {
  }
  return image;
}

void CompiledPolicy::LoadEach(const SandboxLimits& limits) const {
  SandboxLimits wanted = limits;
  wanted.seed = 0;
  auto* none = new MadeImage{wanted, nullptr, images_.load()};
  while (!images_.compare_exchange_weak(none->next, none, std::memory_order_acq_rel)) {
  }
}

const CompiledPolicy::Chunk* CompiledPolicy::Find(std::string_view module) const {
  const auto it = std::ranges::find(chunks_.begin() + 1, chunks_.end(), module, &Chunk::name);
  return it == chunks_.end() ? nullptr : &*it;
}

std::vector<std::string_view> CompiledPolicy::ModuleNames() const {
  std::vector<std::string_view> names;
  for (const Chunk& chunk : chunks_) {
    if (!chunk.name.empty()) names.push_back(chunk.name);
  }
  return names;
}

Result<std::shared_ptr<const CompiledPolicy>> CompiledPolicy::Compile(
    const PolicySource& source, std::span<const ModuleView> scripts, const BindingList& bindings,
    const SandboxLimits& limits) {
  std::shared_ptr<CompiledPolicy> compiled(new CompiledPolicy);
  compiled->name_ = PrintableLine(source.name, 64);
  compiled->digest_ = DigestOf(source);
  compiled->bindings_ = bindings;
  compiled->permissions_ = source.permissions;
  std::string problems;
  const auto add = [&](std::string name, const std::string& shown, std::string_view text) {
    Result<Bytecode> bytecode = CompileText(shown, text, limits);
    if (bytecode) {
      problems += UnknownGlobals(shown, bytecode->globals);
      compiled->chunks_.push_back({std::move(name), std::move(bytecode->bytes)});
    } else {
      problems += bytecode.error().detail + "\n";
    }
  };
  add("", compiled->name_, source.text);
  for (const Module& module : source.modules) {
    const std::string shown = PrintableLine(module.name, 56);
    if (!IsBuiltIn(module.name, scripts, bindings)) {
      add(module.name, shown + ".lua", module.text);
      continue;
    }
    problems += shown + ".lua: require \"" + shown +
                "\" is always the built-in module, and no file beside a policy may have its name: "
                "rename the file, or remove it\n";
  }
  const std::vector<bool> named = Named(source, scripts);
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    const std::string name(scripts[i].name);
    if (named[i]) {
      add(name, std::string(kBuiltIn) + name + ".lua", scripts[i].text);
    } else {
      compiled->chunks_.push_back({name, ""});
    }
  }
  if (!problems.empty()) {
    problems.pop_back();  // the last line's end
    return Error{ErrorCode::kInvalidData, "", std::move(problems)};
  }
  return std::shared_ptr<const CompiledPolicy>(std::move(compiled));
}

}  // namespace tidegate
