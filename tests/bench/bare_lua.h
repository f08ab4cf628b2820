// BareLua is stock Lua behind its module's door.
#pragma once

#include <dlfcn.h>
#include <stdexcept>
#include <string>

#include "tests/bench/stock_lua.h"

namespace tidegate::bench {

inline const StockLua& Stock() {
  static const StockLua* const stock = [] {
    void* module = dlopen(TIDEGATE_STOCK_LUA, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) throw std::runtime_error(dlerror());
    return reinterpret_cast<StockLuaFunction>(dlsym(module, "tidegate_stock_lua"))();
  }();
  return *stock;
}

class BareLua {
 public:
  // `script` returns the function that is run.
  explicit BareLua(const std::string& script) : state_(Stock().open(script.c_str())) {
    if (state_ == nullptr) throw std::runtime_error("a script is wrong: " + script);
  }
  ~BareLua() { Stock().close(state_); }
  BareLua(const BareLua&) = delete;
  BareLua& operator=(const BareLua&) = delete;

  long Run(long times) { return Stock().run(state_, times); }
  std::size_t Bytes() const { return Stock().bytes(state_); }

 private:
  void* state_;
};

}  // namespace tidegate::bench
