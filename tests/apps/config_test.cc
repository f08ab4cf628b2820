// What a configuration file means, and what is said of a wrong one.
#include "host/apps/tidegate/config.h"

#include <catch2/catch_test_macros.hpp>

namespace tidegate {
namespace {

// Of the file, or of the first resource that is wrong.
std::string Complaint(std::string_view text) {
  const Result<Config> config = ParseConfig(text, "t.toml");
  if (!config) return config.error().detail;
  for (const ResourceConfig& r : config->resources) {
    if (!r.wrong.empty()) return r.wrong;
  }
  return "none";
}

TEST_CASE("A configuration file says everything about a resource") {
  const Result<Config> config = ParseConfig(R"(
node = "A"
state_dir = "state"
[[resource]]
name = "vol1"
policy = "policies/volume"
online = false
capabilities = ["volume", "timer"]
[resource.properties]
VolumePath = "/dev/sdb1"
OnlineRetries = 7
Deep = true
[resource.monitor]
LooksAlivePollInterval = "2s"
IsAlivePollInterval = 30000
RestartAction = 1
RestartThreshold = 9
[resource.limits]
memory_bytes = 2097152
)",
                                            "/etc/tidegate/t.toml");
  REQUIRE(config);
  CHECK(config->node == "A");
  CHECK(config->state_dir == "/etc/tidegate/state");
  REQUIRE(config->resources.size() == 1);
  const ResourceConfig& r = config->resources[0];
  CHECK(r.name == "vol1");
  CHECK(r.policy == "/etc/tidegate/policies/volume");
  CHECK_FALSE(r.online);
  CHECK(r.capabilities.Has(Capability::kVolume));
  CHECK_FALSE(r.capabilities.Has(Capability::kVolumeForce));
  CHECK(std::get<std::string>(r.properties.at("VolumePath")) == "/dev/sdb1");
  CHECK(std::get<std::int64_t>(r.properties.at("OnlineRetries")) == 7);
  CHECK(std::get<bool>(r.properties.at("Deep")));
  CHECK(r.monitor.looks_alive_poll_interval == Seconds(2));
  CHECK(r.monitor.is_alive_poll_interval == Seconds(30));
  CHECK(r.monitor.restart_action == RestartAction::kRestartNoNotify);
  CHECK(r.monitor.restart_threshold == 9);
  CHECK(r.monitor.pending_timeout == Seconds(180));
  CHECK(r.limits.memory_bytes == 2 << 20);
  CHECK(r.place == "/etc/tidegate/t.toml:4");
}

TEST_CASE("A wrong file is told by line and by what was expected") {
  CHECK(Complaint("node = ").starts_with("t.toml:1: "));
  CHECK(Complaint("") == "t.toml: no [[resource]]; one needs at least a name and a policy");
  CHECK(Complaint("[[resource]]\nname = \"a\"") == "t.toml:1: [[resource]] a needs a policy");
  CHECK(Complaint("[[resource]]\nnam = \"a\"") ==
        "t.toml:2: unknown key nam in [[resource]], did you mean name?");
  CHECK(Complaint("# é\nn = \"\"\"ö\n\\\"\"\"\"\nñame = 5") ==
        "t.toml:4: a letter that is not ASCII belongs in double quotes");
  CHECK(Complaint("n = 'ö'") == "t.toml:1: a letter that is not ASCII belongs in double quotes");
  CHECK(Complaint("[[resource]]  # é\nname = \"größe/\xF0\x9F\x8C\x8A\"") ==
        Complaint("[[resource]]\nname = \"gr\\u00F6\\u00DFe/\\U0001F30A\""));
  CHECK(Complaint("node = \"\xFF\"") == "t.toml:1: the file is not UTF-8");
  CHECK(Complaint("\n\n[[resource]]\nname = 5") ==
        "t.toml:4: name must be a text that is not empty");
  CHECK(Complaint("[[resource]]\nname=\"a/b\"\npolicy=\"x\"").find("must be 1 to 128 of a-z") !=
        std::string::npos);
  CHECK(
      Complaint("[[resource]]\nname=\"a\"\npolicy=\"x\"\n[[resource]]\nname=\"a\"\npolicy=\"x\"") ==
      "t.toml:4: a second resource named a, the first is in line 1; rename one of them");
  CHECK(Complaint(
            "[[resource]]\nname=\"a\"\npolicy=\"x\"\n[resource.monitor]\nPendingTimeout=\"5 s\"")
            .ends_with("must be a duration such as \"5s\", or milliseconds"));
  CHECK(Complaint("[[resource]]\nname=\"a\"\npolicy=\"x\"\n[resource.monitor]\nRestartAction=3")
            .ends_with("must be an integer from 0 to 2"));
  CHECK(Complaint("[[resource]]\nname=\"a\"\ncapabilities=[\"volum\"]")
            .ends_with("\"volum\" is none, did you mean volume?"));
}

TEST_CASE("What is wrong with one resource is that one's alone") {
  const auto config = ParseConfig(R"([[resource]]
name = "a"
policy = "x"
[[resource]]
name = "b"
policy = "x"
onlin = true
[[resource]]
name = "c d"
policy = "x"
[[resource]]
policy = "x"
[[resource]]
name = "a"
policy = "x"
[[resource]]
name = "e"
policy = "x"
)",
                                  "/etc/t.toml");
  REQUIRE(config);
  std::string all;
  for (const ResourceConfig& r : config->resources) {
    all += r.name + (r.wrong.empty() ? " is as it should be" : ": " + r.wrong) + "\n";
  }
  CHECK(all ==
        "a: /etc/t.toml:13: a second resource named a, the first is in line 1; rename one of them\n"
        "b: /etc/t.toml:7: unknown key onlin in [[resource]], did you mean online?\n"
        "t.toml:8: /etc/t.toml:8: the resource name \"c d\" must be 1 to 128 of a-z A-Z 0-9 _ . - "
        "and not begin with a dot\n"
        "t.toml:11: /etc/t.toml:11: [[resource]] needs a name\n"
        "e is as it should be\n");
  CHECK(config->nameless.starts_with("/etc/t.toml:8: the resource name "));
}

// Each part is a table in a table, and whoever ends them calls itself as often.
TEST_CASE("A key of very many parts ends nothing but the reading") {
  std::string key = "a";
  for (int i = 0; i < 120'000; ++i) key += ".a";
  const std::string wrong = "t.toml:2: a key has too many parts";
  CHECK(Complaint("\n" + key + " = 1\n") == wrong);
  CHECK(Complaint("\n[" + key + "]\n") == wrong);
  CHECK(Complaint("\nx = { " + key + " = 1 }\n") == wrong);
  const std::string dots(1'000, '.');
  const std::string resource = "[[resource]]\nname = \"v\"\npolicy = \"p\" # " + dots + "\n";
  CHECK(Complaint("node = \"" + dots + "\"\n" + resource) == "none");
}

}  // namespace
}  // namespace tidegate
