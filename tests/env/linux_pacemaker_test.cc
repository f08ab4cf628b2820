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
