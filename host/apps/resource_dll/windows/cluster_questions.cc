// Asking clusapi.dll.
#include "host/apps/resource_dll/windows/cluster_questions.h"

#include "host/apps/resource_dll/windows/cluster_api.h"
#include "host/env/windows/error_map.h"

namespace tidegate {
namespace {

constexpr DWORD kEnumNodes = 1;          // CLUSTER_ENUM_NODE
constexpr int kNodeUp = 0;               // ClusterNodeUp
constexpr int kNodePaused = 2;           // ClusterNodePaused: a member that takes no groups
constexpr DWORD kNameLength = MAX_PATH;  // of nodes and resources
constexpr DWORD kNodes = 128;            // more than any cluster has

// Sources: OpenCluster and its neighbours, clusapi.h.
struct Api {
  void*(WINAPI* open_cluster)(LPCWSTR) = nullptr;
  BOOL(WINAPI* close_cluster)(void*) = nullptr;
  void*(WINAPI* open_enum)(void*, DWORD) = nullptr;
  DWORD(WINAPI* next)(void*, DWORD, DWORD*, LPWSTR, DWORD*) = nullptr;
  DWORD(WINAPI* close_enum)(void*) = nullptr;
  void*(WINAPI* open_resource)(void*, LPCWSTR) = nullptr;
  BOOL(WINAPI* close_resource)(void*) = nullptr;
  int(WINAPI* resource_state)(void*, LPWSTR, DWORD*, LPWSTR, DWORD*) = nullptr;
  void*(WINAPI* open_node)(void*, LPCWSTR) = nullptr;
  BOOL(WINAPI* close_node)(void*) = nullptr;
  int(WINAPI* node_state)(void*) = nullptr;
  bool complete = true;
};

Api FindApi() {
  Api api;
  const auto find = [&]<class F>(F& function, const char* name) {
    function = ClusterFunction<F>(name);
    if (function == nullptr) api.complete = false;
  };
  find(api.open_cluster, "OpenCluster");
  find(api.close_cluster, "CloseCluster");
  find(api.open_enum, "ClusterOpenEnum");
  find(api.next, "ClusterEnum");
  find(api.close_enum, "ClusterCloseEnum");
  find(api.open_resource, "OpenClusterResource");
  find(api.close_resource, "CloseClusterResource");
  find(api.resource_state, "GetClusterResourceState");
  find(api.open_node, "OpenClusterNode");
  find(api.close_node, "CloseClusterNode");
  find(api.node_state, "GetClusterNodeState");
  return api;
}

const Api& TheApi() {
  static const Api api = FindApi();
  return api;
}

// An object of the cluster, open for as long as this lives.
template <class Close>
class Open {
 public:
  Open(void* handle, Close close) : handle_(handle), close_(close) {}
  ~Open() {
    if (handle_ != nullptr) close_(handle_);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  void* get() const { return handle_; }

 private:
  void* const handle_;
  const Close close_;
};

Reply Failed(const char* what) {
  const Error error = SystemError(GetLastError(), what);
  return Failure(error.code, error.detail);
}

Reply Nodes(void* cluster) {
  const Api& api = TheApi();
  const Open list(api.open_enum(cluster, kEnumNodes), api.close_enum);
  if (list.get() == nullptr) return Failed("the list of the cluster's nodes");
  Strings nodes;
  for (DWORD index = 0; index < kNodes; ++index) {
    wchar_t name[kNameLength] = {};
    DWORD size = kNameLength;
    DWORD type = 0;
    if (api.next(list.get(), index, &type, name, &size) != ERROR_SUCCESS) break;
    nodes.push_back(Utf8(name));
  }
  return Success(std::move(nodes));
}

Reply Owner(void* cluster, const std::string& resource) {
  const Api& api = TheApi();
  const Open ours(api.open_resource(cluster, Wide(resource).c_str()), api.close_resource);
  wchar_t node[kNameLength] = {};
  DWORD size = kNameLength;
  DWORD no_group = 0;
  if (ours.get() == nullptr ||
      api.resource_state(ours.get(), node, &size, nullptr, &no_group) == -1) {
    return Failed("the owner of the resource");
  }
  return Success(Utf8(node));
}

// CLUSTER_NODE_STATE of a node, by default of this one; -1 and GetLastError: not to be had.
int StateOf(void* cluster, const std::string& node) {
  const Api& api = TheApi();
  wchar_t own[kNameLength] = {};
  DWORD size = kNameLength;
  if (node.empty() && !GetComputerNameW(own, &size)) return -1;
  const std::wstring name = node.empty() ? own : Wide(node);
  const Open opened(api.open_node(cluster, name.c_str()), api.close_node);
  return opened.get() == nullptr ? -1 : api.node_state(opened.get());
}

// The cluster service runs only as a member of a part that has quorum.
Reply Quorum(void* cluster) {
  const int state = StateOf(cluster, {});
  if (state == -1) return Failed("this node");
  return Success(state == kNodeUp || state == kNodePaused);
}

Reply Standby(void* cluster, const std::string& node) {
  const int state = StateOf(cluster, node);
  if (state == -1) return Failed("the state of the node");
  return Success(state == kNodePaused);
}

}  // namespace

Reply AskCluster(const std::string& resource, const Call& call) {
  const Api& api = TheApi();
  if (!api.complete) {
    return Failure(ErrorCode::kNotSupported,
                   "this machine has no cluster: clusapi.dll lacks what tells of its nodes");
  }
  const Open cluster(api.open_cluster(nullptr), api.close_cluster);
  const bool quorum = std::holds_alternative<ClusterQuorum>(call);
  // A service that has lost its quorum has ended.
  if (cluster.get() == nullptr) return quorum ? Success(false) : Failed("the cluster");
  if (quorum) return Quorum(cluster.get());
  if (std::holds_alternative<ClusterNodes>(call)) return Nodes(cluster.get());
  if (std::holds_alternative<ClusterOwner>(call)) return Owner(cluster.get(), resource);
  if (const auto* standby = std::get_if<ClusterStandby>(&call)) {
    return Standby(cluster.get(), standby->node);
  }
  return Failure(ErrorCode::kNotSupported,
                 "nodes of a Windows cluster have no attributes that end with their membership");
}

}  // namespace tidegate
