// Writing traces without filling a disk.
#include "host/apps/tidegate/trace_files.h"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include "host/core/limits.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr Duration kDumpEvery = Minutes(1);
constexpr std::size_t kWaiting = 64;  // more failures at once than a disk takes are told, not kept

constexpr std::string_view kEnding = "-20261120T131500Z.trace";

// "20261120T131500Z": names sort by time.
std::string Stamp() {
  std::string stamp = WallClock();
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp;
}

// For the owner alone: properties and paths are nobody else's business.
bool WriteFile(const fs::path& file, const std::string& text) {
  const fs::path next = file.string() + ".next";
  const int fd = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = write(fd, rest.data(), rest.size());
    if (n <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  close(fd);
  std::error_code error;
  if (rest.empty()) fs::rename(next, file, error);
  if (rest.empty() && !error) return true;
  fs::remove(next, error);
  return false;
}

}  // namespace

TraceFiles::TraceFiles(fs::path folder, Told told)
    : folder_(std::move(folder)), told_(std::move(told)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  thread_ = StartThread("traces", [this] { Main(); });
}

TraceFiles::~TraceFiles() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  some_.notify_all();
  if (thread_) thread_->join();
}

bool TraceFiles::WantsFailure(const std::string& resource, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto last = dumped_.find(resource);
  if (last != dumped_.end() && now - last->second < kDumpEvery) return false;
  dumped_.insert_or_assign(resource, now);
  return true;
}

void TraceFiles::Failed(Trace trace) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaiting) return;
    trace.taken = WallClock();
    waiting_.push_back(std::move(trace));
  }
  some_.notify_one();
}

void TraceFiles::Main() {
  std::unique_lock lock(mutex_);
  while (true) {
    some_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Trace trace = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const std::string head = trace.resource + "-" + Stamp();
    Write(folder_ / (head + ".trace"), trace);
    Prune(trace.resource);
    lock.lock();
  }
}

void TraceFiles::Ended(const Trace& trace) {
  const fs::path file = folder_ / (trace.resource + "-end.trace");
  if (!WriteFile(file, Text(trace))) {
    told_(Level::kWarning, trace.resource, "its trace was not written to " + file.string());
  }
}

void TraceFiles::Write(const fs::path& file, const Trace& trace) {
  if (WriteFile(file, Text(trace))) {
    told_(Level::kInformation, trace.resource,
          "its last " + std::to_string(trace.records.size()) + " records are in " + file.string() +
              "; see: tidegate replay " + file.string());
  } else {
    told_(Level::kWarning, trace.resource, "its trace was not written to " + file.string());
  }
}

// The names sort by time. What is longer is another resource's, whose name begins as this one's.
void TraceFiles::Prune(const std::string& resource) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t size = resource.size() + kEnding.size();
    if (name.size() == size && name.starts_with(resource + "-2") && name.ends_with("Z.trace")) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  while (files.size() > static_cast<std::size_t>(limits::kTraceDumps)) {
    const auto middle = files.begin() + limits::kTraceDumps / 2;
    fs::remove(*middle, error);
    files.erase(middle);
  }
}

}  // namespace tidegate
