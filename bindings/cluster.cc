// cluster: nodes, ownership, quorum, standby, node attributes.
#include "bindings/operation.h"
#include "bindings/tables.h"
#include "host/core/node_attribute.h"

namespace tidegate {
namespace {

int Node(lua_State* L) noexcept {
  CheckCount(L, "cluster.node", 0);
  Push(L, std::string_view(Runtime::Of(L).context.node));
  return 1;
}

// Without one it is this node's.
void CheckNode(lua_State* L, const char* op, std::string_view node) {
  if (!node.empty() && !IsNodeName(node)) Raise(L, "%s: node must be the name of a node", op);
}

void CheckName(lua_State* L, const char* op, std::string_view name) {
  if (!IsAttributeName(name)) {
    Raise(L,
          "%s: name must be 1 to 128 of A-Z a-z 0-9 _ . - : #, and begin with none of . - :", op);
  }
}

constexpr Function kFunctions[] = {
    Bound<ClusterNodes>(),   Bound<ClusterOwner>(),     Bound<ClusterQuorum>(),
    Bound<ClusterStandby>(), Bound<ClusterAttribute>(), Bound<ClusterSetAttribute>(),
    {"node", &Node}};
constexpr Library kLibrary = {"cluster", kFunctions};

}  // namespace

const Library& ClusterLibrary() { return kLibrary; }

void Admit(lua_State* L, Runtime&, const ClusterStandby& op) {
  CheckNode(L, "cluster.standby", op.node);
}
void Admit(lua_State* L, Runtime&, const ClusterAttribute& op) {
  CheckName(L, "cluster.attribute", op.name);
  CheckNode(L, "cluster.attribute", op.node);
}
void Admit(lua_State* L, Runtime&, const ClusterSetAttribute& op) {
  CheckName(L, "cluster.set_attribute", op.name);
  if (!IsAttributeValue(op.value)) {
    Raise(L,
          "cluster.set_attribute: value must be at most 1 KiB of printable ASCII, without ++ "
          "and +=, with which Pacemaker counts; what is larger belongs in store");
  }
}

}  // namespace tidegate
