// Private properties between lists, the cluster database and policies.
#include "host/apps/resource_dll/private_properties.h"

#include <algorithm>

#include "host/core/nearest.h"

namespace tidegate {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const PropertySpec* Find(const std::vector<PropertySpec>& specs, std::string_view name) {
  const auto found =
      std::ranges::find_if(specs, [&](const PropertySpec& s) { return SameName(s.name, name); });
  return found == specs.end() ? nullptr : &*found;
}

Error Unknown(const std::vector<PropertySpec>& specs, const std::string& name) {
  std::vector<std::string_view> names;
  for (const PropertySpec& spec : specs) names.push_back(spec.name);
  return {ErrorCode::kInvalidParameter, "", "unknown property " + name + Suggestion(name, names)};
}

// A DWORD where every allowed value fits one: that is what operators' tools expect.
ClusterFormat FormatOf(const PropertySpec& spec) {
  if (spec.type == PropertyType::kBoolean) return ClusterFormat::kDword;
  if (spec.type != PropertyType::kInteger) return ClusterFormat::kText;
  const bool small = spec.min && *spec.min >= 0 && spec.max && *spec.max <= 0xffffffff;
  return small ? ClusterFormat::kDword : ClusterFormat::kSigned64;
}

// As the spec's type, if it can be that without a loss; bounds are not looked at.
Result<PropertyValue> Typed(const PropertySpec& spec, const PropertyValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return ParseProperty(spec, *text);
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr) return value;
  if (spec.type == PropertyType::kInteger) return value;
  return ParseProperty(spec, std::to_string(*number));
}

Result<PropertyValue> FromList(const PropertySpec& spec, const ListedValue& value) {
  switch (value.format) {
    case ClusterFormat::kText:
    case ClusterFormat::kExpandText:
    case ClusterFormat::kExpandedText:
      return Typed(spec, value.text());
    default:
      if (const auto number = value.number()) return Typed(spec, *number);
      return Error{ErrorCode::kInvalidData, "",
                   "property " + spec.name + ": neither a text nor a number"};
  }
}

}  // namespace

std::vector<PropertySpec> PrivateSpecs(const std::vector<PropertySpec>& of_policy) {
  std::vector<PropertySpec> specs(4);
  specs[0].name = kPolicyPath;
  specs[0].doc = "the policy: a .lua file, or a folder with one of its own name";
  specs[1].name = kPolicyDigest;
  specs[1].doc = "SHA-256 of the only policy that may run, in hexadecimal; empty: any";
  specs[2].name = kCapabilities;
  specs[2].doc = "what the policy may do: names of capabilities; empty: all but ioctl";
  specs[3].name = kInjectFaults;
  specs[3].doc = "1: faults may be injected by control code, for tests";
  specs[3].type = PropertyType::kBoolean;
  specs[3].fallback = false;
  for (const PropertySpec& spec : of_policy) {
    if (Find(specs, spec.name) == nullptr) specs.push_back(spec);
  }
  return specs;
}

Result<Properties> TypedValues(const std::vector<PropertySpec>& specs, const Properties& stored) {
  Properties values;
  for (const auto& [name, value] : stored) {
    const PropertySpec* spec = Find(specs, name);
    if (spec == nullptr) continue;
    Result<PropertyValue> typed = Typed(*spec, value);
    if (!typed) return typed.error();
    values.insert_or_assign(spec->name, std::move(*typed));
  }
  return values;
}

Result<Grants> GrantsIn(const Properties& ours) {
  Grants grants;
  if (const auto faults = ours.find(kInjectFaults); faults != ours.end()) {
    grants.inject_faults = std::get<bool>(faults->second);
  }
  const std::string text = TextOf(ours, kCapabilities);
  constexpr std::string_view kBetween = " ,;\t";
  if (text.find_first_not_of(kBetween) == text.npos) return grants;
  grants.capabilities = Capabilities::None();
  for (std::size_t at = 0; (at = text.find_first_not_of(kBetween, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::string_view name = std::string_view(text).substr(at, end - at);
    const std::optional<Capability> capability = CapabilityNamed(name);
    if (!capability) {
      return Error{
          ErrorCode::kInvalidParameter, "",
          "Capabilities: there is no " + std::string(name) + Suggestion(name, kCapabilityNames)};
    }
    grants.capabilities.Add(*capability);
    at = end;
  }
  return grants;
}

std::string PolicyPathOf(const Properties& stored) {
  const Result<Properties> ours = TypedValues(PrivateSpecs({}), stored);
  return ours ? TextOf(*ours, kPolicyPath) : std::string();
}

std::string TextOf(const Properties& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : Text(found->second);
}

Result<PropertyChanges> ReadChanges(const std::vector<PropertySpec>& specs,
                                    std::span<const std::byte> list) {
  const Result<std::vector<ListedProperty>> listed = ReadPropertyList(list);
  if (!listed) return listed.error();
  PropertyChanges changes;
  for (const ListedProperty& property : *listed) {
    const PropertySpec* spec = Find(specs, property.name);
    if (spec == nullptr) return Unknown(specs, property.name);
    if (property.values.size() != 1) {
      return Error{ErrorCode::kInvalidData, "", "property " + spec->name + ": not one value"};
    }
    if (property.values.front().data.empty()) {
      changes[spec->name] = std::nullopt;
      continue;
    }
    Result<PropertyValue> value = FromList(*spec, property.values.front());
    if (!value) return value.error();
    PropertySpec alone = *spec;
    alone.required = false;  // an empty text is how a tool clears a property
    const Result<Properties> valid = Validate({alone}, {{spec->name, *value}});
    if (!valid) return valid.error();
    changes[spec->name] = std::move(*value);
  }
  return changes;
}

std::optional<std::string> PolicyPathIn(std::span<const std::byte> list) {
  const Result<std::vector<ListedProperty>> listed = ReadPropertyList(list);
  if (!listed) return std::nullopt;
  for (const ListedProperty& property : *listed) {
    if (SameName(property.name, kPolicyPath) && property.values.size() == 1) {
      return property.values.front().text();
    }
  }
  return std::nullopt;
}

std::vector<std::byte> ListNames(const std::vector<PropertySpec>& specs) {
  std::vector<std::string> names;
  for (const PropertySpec& spec : specs) names.push_back(spec.name);
  return NameList(names);
}

std::vector<std::byte> ListValues(const std::vector<PropertySpec>& specs,
                                  const Properties& values) {
  PropertyListWriter writer;
  for (const PropertySpec& spec : specs) {
    const auto found = values.find(spec.name);
    const bool is_text = FormatOf(spec) == ClusterFormat::kText;
    std::optional<PropertyValue> value = spec.fallback;
    if (found != values.end()) value = found->second;
    if (!value && !is_text) continue;  // a number that nobody gave
    if (is_text) {
      writer.Text(spec.name, value ? Text(*value) : std::string());
    } else if (const auto* flag = std::get_if<bool>(&*value)) {
      writer.Dword(spec.name, *flag ? 1 : 0);
    } else if (const auto* number = std::get_if<std::int64_t>(&*value)) {
      if (FormatOf(spec) == ClusterFormat::kDword) {
        writer.Dword(spec.name, static_cast<std::uint32_t>(*number));
      } else {
        writer.Signed64(spec.name, *number);
      }
    }
  }
  return writer.bytes();
}

// Why words: the cluster's pages say "a property list describing the format of each property" and
// no more; a CLUSPROP_FORMAT is a WORD wherever a structure holds one.
std::vector<std::byte> ListFormats(const std::vector<PropertySpec>& specs) {
  PropertyListWriter writer;
  for (const PropertySpec& spec : specs) {
    writer.Word(spec.name, static_cast<std::uint16_t>(FormatOf(spec)));
  }
  return writer.bytes();
}

}  // namespace tidegate
