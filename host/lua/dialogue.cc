// Asking and being answered.
#include "host/lua/dialogue.h"

#include "host/core/line.h"
#include "host/lua/load.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

// What passes between the script and its host in one turn.
struct Talk {
  Dialogue::Question question;
  const Result<Scalar>* answer = nullptr;
  bool asked = false;
};

Talk& TalkOf(lua_State* L) { return *static_cast<Talk*>(Runtime::Of(L).job); }

// Lines beyond these are dropped: a loop that prints fills nothing.
constexpr std::size_t kPrintedMax = 1'000;

class PrintingHost final : public PolicyHost {
 public:
  std::vector<std::string> printed;
  Instant Now() override { return {}; }
  void Log(Level, std::string_view text) override {
    if (printed.size() < kPrintedMax) printed.push_back(PrintableLine(text, limits::kReasonBytes));
  }
  void Progress(std::string_view) override {}
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override { return std::nullopt; }
};

int Answered(lua_State* L, int, lua_KContext) noexcept {
  const Result<Scalar>& answer = *TalkOf(L).answer;
  if (!answer.ok()) {
    Push(L, std::string_view(answer.error().detail));
    return lua_error(L);
  }
  const Scalar& word = *answer;
  if (const auto* flag = std::get_if<bool>(&word)) {
    Push(L, *flag);
  } else if (const auto* number = std::get_if<std::int64_t>(&word)) {
    Push(L, *number);
  } else if (const auto* text = std::get_if<std::string>(&word)) {
    Push(L, std::string_view(*text));
  } else {
    lua_pushnil(L);
  }
  return 1;
}

// Leaves at `index` what can be read without raising.
void Prepare(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TSTRING:
      return;
    case LUA_TNUMBER:
      if (!IntegerAt(L, index)) lua_tolstring(L, index, nullptr);
      return;
    case LUA_TFUNCTION: {
      lua_Debug ar;
      lua_pushvalue(L, index);
      lua_getinfo(L, ">S", &ar);
      lua_pushfstring(L, "%s:%d", ar.short_src, ar.linedefined);
      return lua_replace(L, index);
    }
    default:
      Raise(L, "argument %d is a %s", index, luaL_typename(L, index));
  }
}

Scalar WordAt(lua_State* L, int index) {
  if (lua_isboolean(L, index)) return lua_toboolean(L, index) != 0;
  if (const auto number = IntegerAt(L, index)) return *number;
  if (const auto text = StringAt(L, index)) return std::string(*text);
  return {};
}

int Ask(lua_State* L) noexcept {
  Talk& talk = TalkOf(L);
  if (lua_isyieldable(L) == 0) {
    return Raise(L, "nothing can be asked here: not while a file loads, and not from a sort");
  }
  const int count = lua_gettop(L);
  for (int i = 1; i <= count; ++i) Prepare(L, i);
  talk.question.clear();
  for (int i = 1; i <= count; ++i) talk.question.push_back(WordAt(L, i));
  talk.asked = true;
  return lua_yieldk(L, 0, 0, &Answered);
}

constexpr Function kFunctions[] = {{"ask", &Ask}};
constexpr Library kLibraries[] = {{"host", kFunctions}};

}  // namespace

struct Dialogue::Impl {
  Impl(std::shared_ptr<const CompiledPolicy> of, const SandboxLimits& limits)
      : compiled(std::move(of)), sandbox(limits, &host) {
    runtime.sandbox = &sandbox;
    runtime.host = &host;
    runtime.compiled = compiled.get();
    sandbox.runtime = &runtime;
  }

  void Begin();
  void Failed(std::string message);

  PrintingHost host;
  std::shared_ptr<const CompiledPolicy> compiled;
  Sandbox sandbox;
  Runtime runtime;
  Talk talk;
  lua_State* thread = nullptr;
  bool ended = false;
  std::optional<DialogueError> error;
};

void Dialogue::Impl::Begin() {
  if (sandbox.state() == nullptr || !sandbox.Call(&Furnish)) {
    return Failed("no memory to begin with");
  }
  thread = MakeThread(sandbox, Task::kEntry);
  if (thread == nullptr) return Failed("no memory for its coroutine");
  const std::string& bytecode = compiled->main().bytecode;
  if (luaL_loadbufferx(thread, bytecode.data(), bytecode.size(), "=?", "b") != LUA_OK) {
    return Failed("it cannot be loaded");
  }
  runtime.loading = false;
}

// The coroutine's stack stands as it was when the error was raised.
void Dialogue::Impl::Failed(std::string message) {
  ended = true;
  error.emplace();
  if (sandbox.killed()) {
    error->where = PrintableLine(sandbox.kill_where(), limits::kReasonBytes);
    error->message = sandbox.kill_message();
    return;
  }
  if (thread != nullptr)
    error->where = PrintableLine(tidegate::Where(thread), limits::kReasonBytes);
  if (error->where.starts_with(kBuiltIn)) error->where.clear();  // ours, and no help
  // Said by Lua with its place, which is told already.
  if (!error->where.empty() && message.starts_with(error->where + ": "))
    message.erase(0, error->where.size() + 2);
  error->message = PrintableLine(message, limits::kReasonBytes);
}

BindingList Dialogue::Bindings() { return {kLibraries, nullptr}; }

Dialogue::Dialogue(std::shared_ptr<const CompiledPolicy> compiled, const SandboxLimits& limits)
    : impl_(std::make_unique<Impl>(std::move(compiled), limits)) {}
Dialogue::~Dialogue() = default;

const Dialogue::Question* Dialogue::Resume(const Result<Scalar>& answer) {
  Impl& self = *impl_;
  if (self.thread == nullptr && !self.ended) self.Begin();
  if (self.ended) return nullptr;
  self.talk.answer = &answer;
  self.talk.asked = false;
  self.runtime.job = &self.talk;
  lua_State* L = self.thread;
  int results = 0;
  self.sandbox.Begin(L);
  const int status = lua_resume(L, self.sandbox.state(), 0, &results);
  self.sandbox.End();
  self.runtime.job = nullptr;
  if (status == LUA_ERRMEM) self.sandbox.OutOfMemory();
  if (self.sandbox.stopped()) {
    self.Failed({});
  } else if (status == LUA_YIELD && self.talk.asked) {
    return &self.talk.question;
  } else if (status != LUA_OK) {
    const auto text = StringAt(L, -1);
    self.Failed(text ? std::string(*text)
                     : std::string("an error that is a ") + luaL_typename(L, -1));
  }
  self.ended = true;
  return nullptr;
}

const std::optional<DialogueError>& Dialogue::error() const { return impl_->error; }

std::vector<std::string> Dialogue::TakePrinted() { return std::exchange(impl_->host.printed, {}); }

std::string Dialogue::Where() const {
  return impl_->thread == nullptr || impl_->ended
             ? ""
             : PrintableLine(tidegate::Where(impl_->thread), limits::kReasonBytes);
}

}  // namespace tidegate
