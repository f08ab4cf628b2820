// Lines out, through spdlog.
#include "host/env/log.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <sys/stat.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/core/line.h"
#include "host/core/token_bucket.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

constexpr const char* kTerminalPattern = "%H:%M:%S.%e %^%l%$ %v";
constexpr const char* kFilePattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInformation:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// "<4>": what the journal takes a line's priority from. Source: sd-daemon(3).
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    char priority = '6';
    if (message.level == spdlog::level::debug) priority = '7';
    if (message.level == spdlog::level::warn) priority = '4';
    if (message.level >= spdlog::level::err) priority = '3';
    for (const char c : {'<', priority, '>'}) out.push_back(c);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

// Source: systemd.exec(5), $JOURNAL_STREAM.
bool ErrorGoesToJournal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  unsigned long long device = 0;
  unsigned long long inode = 0;
  return stream != nullptr && std::sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
         fstat(2, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

spdlog::sink_ptr StandardError() {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  if (ErrorGoesToJournal()) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<PriorityFlag>('*').set_pattern("%*%v");
    sink->set_formatter(std::move(formatter));
  } else {
    sink->set_pattern(kTerminalPattern);
  }
  return sink;
}

Result<spdlog::sink_ptr> File(const std::string& path) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    sink->set_pattern(kFilePattern);
    return spdlog::sink_ptr(std::move(sink));
  } catch (const spdlog::spdlog_ex& e) {
    return Error{ErrorCode::kAccessDenied, "log", e.what()};
  }
}

}  // namespace

struct Log::State {
  explicit State(LogOptions o) : options(std::move(o)) {}

  std::shared_ptr<spdlog::logger> MakeLogger(std::vector<spdlog::sink_ptr> sinks) const {
    auto made = std::make_shared<spdlog::logger>("tidegate", sinks.begin(), sinks.end());
    made->set_level(SpdlogLevel(options.level));
    made->flush_on(spdlog::level::info);
    return made;
  }
  // False: this line is one too many. `dropped` is how many were before it.
  bool Take(std::string_view resource, std::uint64_t& dropped);

  LogOptions options;
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  std::unordered_map<std::string, TokenBucket> buckets;  // by resource
};

bool Log::State::Take(std::string_view resource, std::uint64_t& dropped) {
  if (resource.empty()) return true;
  const auto found = buckets.try_emplace(std::string(resource), options.lines_per_second).first;
  if (!found->second.Take(MonotonicNow())) return false;
  dropped = found->second.TakeDropped();
  if (buckets.size() > limits::kResources) buckets.clear();  // names come and go with reloads
  return true;
}

namespace {

// Handed over as text: spdlog formats only what has arguments.
void Write(spdlog::logger& logger, spdlog::level::level_enum level, std::string_view resource,
           std::string_view text) {
  std::string line = PrintableLine(resource, limits::kResourceNameBytes);
  if (!line.empty()) line += ": ";
  line += PrintableLine(text, limits::kLogLineBytes - line.size());
  logger.log(level, spdlog::string_view_t(line.data(), line.size()));
}

std::string DroppedText(std::uint64_t dropped) {
  return std::to_string(dropped) + (dropped == 1 ? " line dropped" : " lines dropped");
}

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(const LogOptions& options) {
  auto state = std::make_unique<State>(options);
  std::vector<spdlog::sink_ptr> sinks;
  if (options.standard_error) sinks.push_back(StandardError());
  if (!options.file.empty()) {
    Result<spdlog::sink_ptr> file = File(options.file);
    if (!file) return file.error();
    sinks.push_back(*file);
  }
  state->logger = state->MakeLogger(std::move(sinks));
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}

Log::~Log() { Flush(); }

void Log::Line(Level level, std::string_view resource, std::string_view text) {
  std::uint64_t dropped = 0;
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::scoped_lock lock(state_->mutex);
    logger = state_->logger;
    if (!logger->should_log(SpdlogLevel(level))) return;
    if (!state_->Take(resource, dropped)) return;
  }
  if (dropped > 0) Write(*logger, spdlog::level::warn, resource, DroppedText(dropped));
  Write(*logger, SpdlogLevel(level), resource, text);
}

void Log::Flush() {
  const std::scoped_lock lock(state_->mutex);
  for (auto& [resource, bucket] : state_->buckets) {
    const std::uint64_t dropped = bucket.TakeDropped();
    if (dropped == 0) continue;
    Write(*state_->logger, spdlog::level::warn, resource, DroppedText(dropped));
  }
  state_->logger->flush();
}

Outcome Log::Reopen() {
  Flush();
  if (state_->options.file.empty()) return Ok();
  Result<spdlog::sink_ptr> file = File(state_->options.file);
  if (!file) return file.error();
  std::vector<spdlog::sink_ptr> sinks;
  if (state_->options.standard_error) sinks.push_back(StandardError());
  sinks.push_back(*file);
  const std::scoped_lock lock(state_->mutex);
  state_->logger = state_->MakeLogger(std::move(sinks));
  return Ok();
}

void Log::SetLevel(Level level) {
  const std::scoped_lock lock(state_->mutex);
  state_->options.level = level;
  state_->logger->set_level(SpdlogLevel(level));
}

}  // namespace tidegate
