// The XML text.
#include "host/apps/tidegate/ocf/meta_data.h"

#include <algorithm>

#include "host/apps/tidegate/xml.h"
#include "host/core/text.h"

namespace tidegate::ocf {
namespace {

// What OCF 1.1 added to the document type of 1.0, which is still the one that ocf-tester checks by.
constexpr std::string_view kDocumentType =
    "<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\" [\n"
    "  <!ATTLIST parameter reloadable (1|0) \"0\">\n"
    "  <!ATTLIST action name (start|stop|promote|demote|monitor|reload-agent|validate-all|"
    "meta-data) #REQUIRED>\n"
    "]>\n";

struct Parameter {
  std::string name;
  std::string type;
  std::string doc;
  std::string fallback;
  bool required = false;
  bool unique = false;
  bool reloadable = false;
  bool has_fallback = false;
};

std::string_view TypeOf(PropertyType type) {
  switch (type) {
    case PropertyType::kInteger:
      return "integer";
    case PropertyType::kBoolean:
      return "boolean";
    default:
      return "string";
  }
}

// The first sentence, or what there is.
std::string Short(const std::string& doc) {
  const std::size_t end = doc.find_first_of(";.:");
  return doc.substr(0, std::min(end, doc.size()));
}

std::string Xml(const Parameter& p) {
  const auto flag = [](bool on) { return on ? "1" : "0"; };
  std::string text = "    <parameter name=\"" + XmlText(p.name) + "\" unique=\"" + flag(p.unique) +
                     "\" required=\"" + flag(p.required) + "\" reloadable=\"" + flag(p.reloadable) +
                     "\">\n";
  const std::string doc = p.doc.empty() ? p.name : p.doc;
  text += "      <longdesc lang=\"en\">" + XmlText(doc) + "</longdesc>\n";
  text += "      <shortdesc lang=\"en\">" + XmlText(Short(doc)) + "</shortdesc>\n";
  text += "      <content type=\"" + p.type + "\"";
  if (p.has_fallback) text += " default=\"" + XmlText(p.fallback) + "\"";
  return text + "/>\n    </parameter>\n";
}

Parameter Of(const PropertySpec& spec) {
  Parameter p{
      .name = spec.name, .type = std::string(TypeOf(spec.type)), .doc = spec.doc, .fallback = {}};
  p.required = spec.required;
  p.unique = spec.unique;
  p.reloadable = spec.reloadable;
  if (spec.fallback) {
    p.fallback = Text(*spec.fallback);
    p.has_fallback = true;
  }
  if (spec.min || spec.max) {
    p.doc += " (" + (spec.min ? std::to_string(*spec.min) : std::string()) + " to " +
             (spec.max ? std::to_string(*spec.max) : std::string("any")) + ")";
  }
  return p;
}

// What the cluster must allow: more than the policy's own timeout, so that the policy is ended by
// us, with a reason, and not by the cluster without one.
std::string Seconds(Duration timeout) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return std::to_string((timeout.ns + kSecond - 1) / kSecond) + "s";
}

std::string Action(std::string_view name, Duration timeout, std::string_view more = "") {
  return "    <action name=\"" + std::string(name) + "\" timeout=\"" + Seconds(timeout) + "\"" +
         std::string(more) + "/>\n";
}

// With roles, each has monitors of its own, which Pacemaker tells by their intervals.
std::string Monitors(Duration timeout, bool roles) {
  if (!roles) {
    return Action("monitor", timeout, " interval=\"10s\" depth=\"0\"") +
           Action("monitor", timeout, " interval=\"60s\" depth=\"10\"");
  }
  return Action("monitor", timeout, " interval=\"10s\" depth=\"0\" role=\"Unpromoted\"") +
         Action("monitor", timeout, " interval=\"9s\" depth=\"0\" role=\"Promoted\"") +
         Action("monitor", timeout, " interval=\"60s\" depth=\"10\" role=\"Unpromoted\"") +
         Action("monitor", timeout, " interval=\"59s\" depth=\"10\" role=\"Promoted\"");
}

// `may_promote`: whatever policy it is given may have roles, and pcs makes no promotable clone of
// an agent that has none. The monitors stay plain then: of one for a role nothing is run without
// roles.
std::string Actions(const Manifest& m, bool may_promote) {
  const Duration margin = tidegate::Seconds(10);
  const Duration terminate = m.Timeout(EntryPoint::kTerminate);
  const Duration alive = m.Timeout(EntryPoint::kIsAlive) + m.Timeout(EntryPoint::kLooksAlive);
  const bool roles = m.Has(EntryPoint::kPromote);
  const Duration demote = m.Timeout(EntryPoint::kDemote);
  // Offline, terminate, and offline once more, to be sure.
  const Duration stop = m.Timeout(EntryPoint::kOffline) * 2 + terminate + margin;
  std::string text = Action("start", m.Timeout(EntryPoint::kOnline) + terminate + margin) +
                     Action("stop", roles ? stop + demote : stop);
  if (roles || may_promote) {
    text += Action("promote", m.Timeout(EntryPoint::kPromote) + terminate + margin) +
            Action("demote", demote + terminate + margin);
  }
  return text + Monitors(alive + margin, roles) + Action("reload-agent", tidegate::Seconds(20)) +
         Action("validate-all", tidegate::Seconds(20)) + Action("meta-data", tidegate::Seconds(5));
}

}  // namespace

std::string MetaData(const AgentName& agent, const Manifest* manifest) {
  std::vector<Parameter> parameters;
  if (agent.generic) {
    parameters.push_back({.name = "PolicyPath",
                          .type = "string",
                          .doc = "the policy: a .lua file, or a folder NAME with NAME.lua in it; "
                                 "the same on every node",
                          .fallback = {},
                          .required = true,
                          .reloadable = true});
  }
  parameters.push_back({.name = "PolicyDigest",
                        .type = "string",
                        .doc = "if set, no other policy than the one with this SHA-256 is run, so "
                               "that two nodes never run different ones; tidegate check prints it",
                        .fallback = {},
                        .reloadable = true});
  if (agent.generic) {
    parameters.push_back({.name = "Properties",
                          .type = "string",
                          .doc = "properties of the policy, Name=value, one a line; while it runs "
                                 "only those may change that the policy declares reloadable",
                          .fallback = {},
                          .reloadable = true});
  }
  std::string text = "<?xml version=\"1.0\"?>\n" + std::string(kDocumentType) +
                     "<resource-agent name=\"" + XmlText(agent.type) +
                     "\" version=\"" TIDEGATE_VERSION "\">\n  <version>1.1</version>\n";
  const std::string about =
      agent.generic ? "Runs the Online / Offline / LooksAlive / IsAlive logic of a resource as a "
                      "sandboxed Lua policy. tidegate check POLICY says what a policy needs."
                    : "Runs the Tidegate policy " + (manifest ? manifest->name : agent.type) + ".";
  text += "  <longdesc lang=\"en\">" + XmlText(about) + "</longdesc>\n";
  text += "  <shortdesc lang=\"en\">" +
          XmlText(agent.generic ? "a resource by a Tidegate policy"
                                : agent.type + ", a Tidegate policy") +
          "</shortdesc>\n  <parameters>\n";
  for (const PropertySpec& spec : manifest ? manifest->properties : std::vector<PropertySpec>()) {
    Parameter p = Of(spec);
    // By name or by a line of Properties: the generic agent cannot insist on the name.
    if (agent.generic) p.required = false;
    parameters.push_back(std::move(p));
  }
  for (const Parameter& p : parameters) text += Xml(p);
  text += "  </parameters>\n  <actions>\n" +
          Actions(manifest ? *manifest : Manifest(), manifest == nullptr);
  return text + "  </actions>\n</resource-agent>\n";
}

}  // namespace tidegate::ocf
