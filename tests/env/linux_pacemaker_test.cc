// cluster.* on Pacemaker, against tools that print what the real ones print.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "host/core/result.h"
#include "host/env/linux/pacemaker.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

class Tools {
 public:
  void Write(const std::string& name, const std::string& script) const {
    const std::string file = directory_.path() + "/" + name;
    std::ofstream(file) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  Pacemaker Asked(Duration deadline = Seconds(30)) const {
    return Pacemaker({.tools = directory_.path(),
                      .resource = "vol:0",
                      .node = "",
                      .deadline = deadline,
                      .fresh = Seconds(60)});
  }
  std::string path() const { return directory_.path(); }

 private:
  test::TemporaryDirectory directory_;
};

TEST_CASE("Pacemaker's tools tell nodes, quorum and owner", "[pacemaker]") {
  const Tools tools;
  tools.Write("crm_node",
              "[ $1 = --list ] && printf '1 node1 member\\n2 node2 lost\\n'\n"
              "[ $1 = --quorum ] && echo 1; exit 0\n");
  tools.Write("crm_resource", "[ \"$*\" = '--locate --quiet --resource vol:0' ] && echo node2\n");
  Pacemaker asked = tools.Asked();
  CHECK(Text(asked.Perform(ClusterNodes{})) == "ok node1,node2");
  CHECK(Text(asked.Perform(ClusterQuorum{})) == "ok true");
  CHECK(Text(asked.Perform(ClusterOwner{})) == "ok node2");
}

TEST_CASE("an answer of Pacemaker's is given again while it is fresh", "[pacemaker]") {
  const Tools tools;
  tools.Write("crm_node", "echo 1 node$(wc -l <" + tools.path() + "/asked)\necho >>" +
                              tools.path() + "/asked\n");
  std::ofstream(tools.path() + "/asked") << "";
  Pacemaker asked = tools.Asked();
  CHECK(Text(asked.Perform(ClusterNodes{})) == "ok node0");
  CHECK(Text(asked.Perform(ClusterNodes{})) == "ok node0");
}

// As 2.1.5 prints it.
const std::string kNodes = R"(cat <<'X'
<pacemaker-result api-version="2.25" request="crm_mon --output-as=xml --include=none,nodes">
  <nodes>
    <node name="node1" id="1" online="true" standby="false" standby_onfail="true" type="member"/>
    <node name="node2" id="2" online="true" standby="true" standby_onfail="false" type="member"/>
  </nodes>
  <status code="0" message="OK"/>
</pacemaker-result>
X
)";

TEST_CASE("Pacemaker tells which nodes are in standby", "[pacemaker]") {
  const Tools tools;
  tools.Write("crm_mon", kNodes);
  tools.Write("crm_node", "[ $1 = --name ] && echo node2\n");
  Pacemaker asked = tools.Asked();
  CHECK(Text(asked.Perform(ClusterStandby{"node1"})) == "ok false");
  CHECK(Text(asked.Perform(ClusterStandby{"node2"})) == "ok true");
  CHECK(Text(asked.Perform(ClusterStandby{})) == "ok true");
  CHECK(asked.Perform(ClusterStandby{"node3"}).code == ErrorCode::kNotFound);
  CHECK(asked.Perform(ClusterStandby{"node2\" standby=\"true"}).code == ErrorCode::kNotFound);
}

TEST_CASE("an attribute is the transient one, or else the configured one", "[pacemaker]") {
  const Tools tools;
  tools.Write("crm_attribute", "echo \"$*\" >>" + tools.path() + R"(/asked
case "$*" in
  *--name=load*--lifetime=reboot*) echo '7 "x"' ;;
  *--name=site*--lifetime=forever*--node=node2) echo berlin ;;
  *) exit 105 ;;
esac
)");
  Pacemaker asked = tools.Asked();
  CHECK(Text(asked.Perform(ClusterAttribute{"load", ""})) == R"(ok 7\x20\x22x\x22)");
  CHECK(Text(asked.Perform(ClusterAttribute{"site", "node2"})) == "ok berlin");
  CHECK(asked.Perform(ClusterAttribute{"site", "node1"}).code == ErrorCode::kNotFound);
  // Nothing that looks like an option, or leaves its word, gets as far as a tool.
  CHECK(asked.Perform(ClusterAttribute{"-V", ""}).code == ErrorCode::kNotFound);
  CHECK(asked.Perform(ClusterAttribute{"a b", ""}).code == ErrorCode::kNotFound);
  CHECK(asked.Perform(ClusterAttribute{"load", "node1;true"}).code == ErrorCode::kNotFound);
  std::ifstream calls(tools.path() + "/asked");
  const std::string all{std::istreambuf_iterator<char>(calls), {}};
  CHECK(all == R"(--name=load --query --quiet --lifetime=reboot
--name=site --query --quiet --lifetime=reboot --node=node2
--name=site --query --quiet --lifetime=forever --node=node2
--name=site --query --quiet --lifetime=reboot --node=node1
--name=site --query --quiet --lifetime=forever --node=node1
)");
}

TEST_CASE("an attribute that was set is asked for anew", "[pacemaker]") {
  const Tools tools;
  const std::string file = tools.path() + "/value";
  tools.Write("crm_attribute", "cat " + file + " 2>/dev/null || exit 105\n");
  tools.Write("attrd_updater",
              "[ $1 = --name=load ] || exit 1\n"
              "[ $2 = --delete ] && rm " +
                  file +
                  " && exit 0\n"
                  "printf '%s\\n' \"${2#--update=}\" >" +
                  file + "\n");
  Pacemaker asked = tools.Asked();
  CHECK(asked.Perform(ClusterAttribute{"load", ""}).code == ErrorCode::kNotFound);
  CHECK(Text(asked.Perform(ClusterSetAttribute{"load", "$(id) `id` 'x' -V"})) == "ok");
  CHECK(Text(asked.Perform(ClusterAttribute{"load", ""})) == R"(ok $(id)\x20`id`\x20'x'\x20-V)");
  CHECK(Text(asked.Perform(ClusterSetAttribute{"load", "low"})) == "ok");
  CHECK(Text(asked.Perform(ClusterAttribute{"load", ""})) == "ok low");
  // Pacemaker would count with it.
  CHECK(asked.Perform(ClusterSetAttribute{"load", "value++"}).code == ErrorCode::kInvalidParameter);
  CHECK(asked.Perform(ClusterSetAttribute{"load", "a\nb"}).code == ErrorCode::kInvalidParameter);
  CHECK(Text(asked.Perform(ClusterSetAttribute{"load", ""})) == "ok");
  CHECK(asked.Perform(ClusterAttribute{"load", ""}).code == ErrorCode::kNotFound);
  // The cluster takes a moment to spread it; who has set it sees it.
  tools.Write("attrd_updater", "exit 0\n");
  CHECK(Text(asked.Perform(ClusterSetAttribute{"load", "new"})) == "ok");
  CHECK(Text(asked.Perform(ClusterAttribute{"load", ""})) == "ok new");
}

TEST_CASE("a Pacemaker that is not there, is down or hangs is an error", "[pacemaker]") {
  const Tools tools;
  CHECK(tools.Asked().Perform(ClusterNodes{}).code == ErrorCode::kNotSupported);
  tools.Write("crm_node", "exit 102\n");
  CHECK(tools.Asked().Perform(ClusterNodes{}).code == ErrorCode::kNotReady);
  tools.Write("crm_node", "exec sleep 600\n");
  CHECK(tools.Asked(Milliseconds(50)).Perform(ClusterNodes{}).code == ErrorCode::kTimeout);
}

}  // namespace
}  // namespace tidegate
