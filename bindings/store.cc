// store: values that outlive the host.
#include "bindings/operation.h"
#include "bindings/tables.h"

namespace tidegate {
namespace {

bool IsKey(std::string_view key) {
  return !key.empty() && key.size() <= limits::kStoreKeyBytes &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == key.npos;
}

void CheckKey(lua_State* L, const char* op, std::string_view key) {
  if (!IsKey(key)) Raise(L, "%s: key must be 1 to 64 of a-z 0-9 _ . -", op);
}

constexpr Function kFunctions[] = {Bound<StoreGet>(), Bound<StoreSet>()};
constexpr Library kLibrary = {"store", kFunctions};

}  // namespace

const Library& StoreLibrary() { return kLibrary; }

void Admit(lua_State* L, Runtime&, const StoreGet& op) { CheckKey(L, "store.get", op.key); }
void Admit(lua_State* L, Runtime&, const StoreSet& op) { CheckKey(L, "store.set", op.key); }

}  // namespace tidegate
