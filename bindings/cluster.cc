// cluster: nodes, ownership, quorum.
#include "bindings/operation.h"
#include "bindings/tables.h"

namespace tidegate {
namespace {

int Node(lua_State* L) noexcept {
  CheckCount(L, "cluster.node", 0);
  Push(L, std::string_view(Runtime::Of(L).context.node));
  return 1;
}

constexpr Function kFunctions[] = {
    Bound<ClusterNodes>(), Bound<ClusterOwner>(), Bound<ClusterQuorum>(), {"node", &Node}};
constexpr Library kLibrary = {"cluster", kFunctions};

}  // namespace

const Library& ClusterLibrary() { return kLibrary; }

}  // namespace tidegate
