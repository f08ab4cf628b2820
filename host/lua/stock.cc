// The allow-list.
#include "host/lua/stock.h"

#include <array>
#include <cassert>
#include <string_view>
#include <vector>

#include "host/lua/base.h"
#include "host/lua/library_table.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

constexpr std::string_view kBase[] = {"assert", "ipairs",   "pcall",  "rawequal",
                                      "rawget", "rawlen",   "rawset", "select",
                                      "type",   "tonumber", "xpcall", "getmetatable"};
constexpr std::string_view kString[] = {"byte", "char",    "find",  "gmatch", "gsub",
                                        "len",  "lower",   "match", "pack",   "packsize",
                                        "rep",  "reverse", "sub",   "unpack", "upper"};
constexpr std::string_view kTable[] = {"concat", "insert", "move",  "pack",
                                       "remove", "sort",   "unpack"};
constexpr std::string_view kMath[] = {"abs", "acos",  "asin", "atan", "ceil", "cos", "deg",
                                      "exp", "floor", "fmod", "log",  "max",  "min", "modf",
                                      "rad", "sin",   "sqrt", "tan",  "type", "ult", "tointeger"};
constexpr std::string_view kUtf8[] = {"char", "codepoint", "codes", "len", "offset"};
constexpr std::string_view kArithmetic[] = {"__add", "__sub", "__mul",  "__mod",
                                            "__pow", "__div", "__idiv", "__unm"};

void* PlainAllocate(void*, void* block, std::size_t, std::size_t size) {
  if (size != 0) return std::realloc(block, size);
  std::free(block);
  return nullptr;
}

// Opens the stock libraries once, in a state of its own, and keeps the addresses of their
// functions.
class Donor {
 public:
  Donor() {
    lua_State* L = lua_newstate(&PlainAllocate, nullptr);
    Take(L, luaopen_base, kBase, base_);
    Take(L, luaopen_string, kString, string_);
    Take(L, luaopen_table, kTable, table_);
    Take(L, luaopen_math, kMath, math_);
    Take(L, luaopen_utf8, kUtf8, utf8_);
    luaopen_string(L);
    lua_getfield(L, -1, "format");
    format_ = lua_tocfunction(L, -1);
    lua_pushliteral(L, "");
    const bool has = lua_getmetatable(L, -1) != 0;
    assert(has);
    (void)has;
    for (std::size_t i = 0; i < std::size(kArithmetic); ++i) {
      lua_getfield(L, -1, kArithmetic[i].data());
      arithmetic_[i] = lua_tocfunction(L, -1);
      lua_pop(L, 1);
    }
    lua_close(L);
    AddOurs();
    stock_ = {
        {"", base_}, {"string", string_}, {"table", table_}, {"math", math_}, {"utf8", utf8_}};
  }

  const Stock& stock() const { return stock_; }
  CFunction format() const { return format_; }
  CFunction Arithmetic(std::string_view name) const {
    for (std::size_t i = 0; i < std::size(kArithmetic); ++i) {
      if (kArithmetic[i] == name) return arithmetic_[i];
    }
    return nullptr;
  }

 private:
  static void Take(lua_State* L, CFunction open, std::span<const std::string_view> names,
                   std::vector<Function>& functions) {
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    for (const std::string_view name : names) {
      lua_getfield(L, -1, name.data());
      const CFunction call = lua_tocfunction(L, -1);
      assert(call != nullptr);
      functions.push_back({name, call});
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }

  void AddOurs() {
    for (const Function& f : BaseFunctions()) base_.push_back(f);
    for (const Function& f : MathFunctions()) math_.push_back(f);
    string_.push_back({"format", &Format});
    utf8_.push_back({"charpattern", &CharPattern, true});
  }

  std::vector<Function> base_, string_, table_, math_, utf8_;
  CFunction format_ = nullptr;
  std::array<CFunction, std::size(kArithmetic)> arithmetic_{};
  Stock stock_;
};

const Donor& TheDonor() {
  static const Donor donor;
  return donor;
}

}  // namespace

const Stock& StockLibraries() { return TheDonor().stock(); }
CFunction StringArithmetic(std::string_view metamethod) {
  return TheDonor().Arithmetic(metamethod);
}
CFunction StockFormat() { return TheDonor().format(); }

}  // namespace tidegate
