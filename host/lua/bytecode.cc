// ldump.c's format, read and written again.
#include "host/lua/bytecode.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace tidegate {
namespace {

// lobject.h and lopcodes.h of Lua 5.4.9.
constexpr int kInteger = 3;
constexpr int kFloat = 19;
constexpr int kShortString = 4;
constexpr int kLongString = 20;
constexpr std::uint32_t kGetTabUp = 11;
constexpr std::uint32_t kSetTabUp = 15;
constexpr std::size_t kHeader = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1;

struct Instruction {
  std::uint32_t word;
  std::uint32_t op() const { return word & 0x7f; }
  std::uint32_t a() const { return word >> 7 & 0xff; }
  std::uint32_t b() const { return word >> 16 & 0xff; }
  std::uint32_t c() const { return word >> 24; }
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  Bytecode Read() {
    Copy(kHeader);
    ReadFunction(0, false);
    if (at_ != in_.size()) std::abort();
    return std::move(result_);
  }

 private:
  // Takes `size` bytes, which are written too unless they are skipped.
  std::string_view Take(std::size_t size) {
    if (size > in_.size() - at_) std::abort();
    at_ += size;
    return in_.substr(at_ - size, size);
  }
  std::string_view Copy(std::size_t size) {
    const std::string_view bytes = Take(size);
    result_.bytes += bytes;
    return bytes;
  }
  std::size_t TakeNumber() {
    std::size_t number = 0;
    for (;;) {
      const auto byte = static_cast<unsigned char>(Take(1)[0]);
      number = number << 7 | (byte & 0x7f);
      if ((byte & 0x80) != 0) return number;
    }
  }
  std::size_t CopyNumber() {
    const std::size_t from = at_;
    const std::size_t number = TakeNumber();
    result_.bytes += in_.substr(from, at_ - from);
    return number;
  }
  std::string_view CopyText() {
    const std::size_t size = CopyNumber();
    return size == 0 ? std::string_view() : Copy(size - 1);
  }

  std::vector<Instruction> ReadCode() {
    std::vector<Instruction> code(CopyNumber());
    for (Instruction& i : code) std::memcpy(&i.word, Copy(4).data(), 4);
    return code;
  }

  std::vector<std::string_view> ReadConstants() {
    std::vector<std::string_view> texts(CopyNumber());
    for (std::string_view& text : texts) {
      const int type = Copy(1)[0];
      if (type == kInteger || type == kFloat) Copy(8);
      if (type == kShortString || type == kLongString) text = CopyText();
    }
    return texts;
  }

  std::vector<int> ReadLines(int defined, std::size_t instructions) {
    constexpr signed char kAbsolute = -0x80;
    const std::string_view steps = Copy(CopyNumber());
    std::vector<int> absolute;
    for (std::size_t n = CopyNumber(); n > 0; --n) {
      CopyNumber();
      absolute.push_back(static_cast<int>(CopyNumber()));
    }
    std::vector<int> lines(instructions, 0);
    int line = defined;
    std::size_t next = 0;
    for (std::size_t i = 0; i < steps.size() && i < instructions; ++i) {
      const auto step = static_cast<signed char>(steps[i]);
      line = step == kAbsolute ? absolute.at(next++) : line + step;
      lines[i] = line;
    }
    return lines;
  }

  void DropLocals() {
    for (std::size_t n = TakeNumber(); n > 0; --n) {
      const std::size_t size = TakeNumber();
      Take(size == 0 ? 0 : size - 1);
      TakeNumber();
      TakeNumber();
    }
    result_.bytes += '\x80';  // the number 0
  }

  void ReadFunction(int depth, bool in_function) {
    if (depth > 200) std::abort();
    CopyText();
    const auto defined = static_cast<int>(CopyNumber());
    CopyNumber();
    Copy(3);
    const std::vector<Instruction> code = ReadCode();
    const std::vector<std::string_view> constants = ReadConstants();
    Copy(CopyNumber() * 3);
    for (std::size_t n = CopyNumber(); n > 0; --n) ReadFunction(depth + 1, true);
    const std::vector<int> lines = ReadLines(defined, code.size());
    DropLocals();
    std::vector<std::string_view> upvalues(CopyNumber());
    for (std::string_view& name : upvalues) name = CopyText();
    for (std::size_t i = 0; i < code.size(); ++i) {
      const bool get = code[i].op() == kGetTabUp;
      if (!get && code[i].op() != kSetTabUp) continue;
      if (upvalues.at(get ? code[i].b() : code[i].a()) != "_ENV") continue;
      const std::string_view name = constants.at(get ? code[i].c() : code[i].b());
      result_.globals.push_back({std::string(name), lines[i], !get, in_function});
    }
  }

  std::string_view in_;
  std::size_t at_ = 0;
  Bytecode result_;
};

}  // namespace

Bytecode ReadBytecode(std::string_view dumped) { return Reader(dumped).Read(); }

}  // namespace tidegate
