// Answers that are tables.
#include "bindings/answer.h"

namespace tidegate {

void PushAnswer(lua_State* L, const Strings& values) {
  lua_createtable(L, static_cast<int>(values.size()), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    Push(L, std::string_view(values[i]));
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

void PushAnswer(lua_State* L, const Numbers& numbers) {
  lua_createtable(L, static_cast<int>(numbers.size()), 0);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Push(L, numbers[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

void PushAnswer(lua_State* L, const Extents& extents) {
  lua_createtable(L, static_cast<int>(extents.size()), 0);
  for (std::size_t i = 0; i < extents.size(); ++i) {
    lua_createtable(L, 0, 3);
    SetField(L, "disk", extents[i].disk);
    SetField(L, "offset", extents[i].offset);
    SetField(L, "length", extents[i].length);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
}

void PushAnswer(lua_State* L, const Reservation& reservation) {
  lua_createtable(L, 0, 2);
  SetField(L, "key", reservation.key);
  SetField(L, "kind", std::string_view(reservation.kind));
}

void PushAnswer(lua_State* L, const VolumeAttributes& attributes) {
  lua_createtable(L, 0, 7);
  SetField(L, "kind", std::string_view(attributes.kind));
  SetField(L, "device", std::string_view(attributes.device));
  SetField(L, "file_system", std::string_view(attributes.file_system));
  SetField(L, "mounted_at", std::string_view(attributes.mounted_at));
  SetField(L, "size", attributes.size);
  SetField(L, "sector_size", attributes.sector_size);
  SetField(L, "read_only", attributes.read_only);
}

}  // namespace tidegate
