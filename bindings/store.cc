// store: values that outlive the host.
#include "bindings/operation.h"
#include "bindings/tables.h"
#include "host/core/store_key.h"

namespace tidegate {
namespace {

void CheckKey(lua_State* L, const char* op, std::string_view key) {
  if (IsStoreKey(key)) return;
  Raise(L, "%s: key must be 1 to 64 of a-z 0-9 _ . - and must not begin with a dot", op);
}

constexpr Function kFunctions[] = {Bound<StoreGet>(), Bound<StoreSet>()};
constexpr Library kLibrary = {"store", kFunctions};

}  // namespace

const Library& StoreLibrary() { return kLibrary; }

void Admit(lua_State* L, Runtime&, const StoreGet& op) { CheckKey(L, "store.get", op.key); }
void Admit(lua_State* L, Runtime&, const StoreSet& op) { CheckKey(L, "store.set", op.key); }

}  // namespace tidegate
