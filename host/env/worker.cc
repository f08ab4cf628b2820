// The pool: its threads, its queues by resource, and the watch that looks for calls that hang.
//
// All threads are detached and share the pool; nothing here joins one. The lock is never held while
// something is performed, posted or logged.
#include "host/env/worker.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <list>
#include <unordered_map>
#include <utility>

#include "host/env/clock.h"
#include "host/env/mutex.h"
#include "host/env/thread.h"

namespace tidegate {
namespace {

std::chrono::nanoseconds Chrono(Duration d) { return std::chrono::nanoseconds(d.ns); }

std::string OfResource(int calls, int stuck) {
  return std::to_string(calls) + " operations of this resource are under way, " +
         std::to_string(stuck) + " of them stuck in the kernel";
}

Duration Rounded(Duration d) { return d / 1'000'000 * 1'000'000; }

}  // namespace

struct Workers::Pool : std::enable_shared_from_this<Pool> {
  struct Job {
    ResourceId id;
    Ticket ticket;
    Call call;
  };
  struct Queue {  // of one resource that has calls
    std::list<Job> waiting;
    int prompt = 0;  // holding a worker, and not slow
    int stuck = 0;
    int calls = 0;
    bool ready = false;  // in ready_
  };
  enum class Pace { kPrompt, kSlow, kStuck };
  struct Running {  // on its thread's stack, listed while the call runs
    ResourceId id;
    std::string_view op;
    Instant since;
    int thread = 0;
    Pace pace = Pace::kPrompt;
  };
  struct Answer {
    ResourceId id;
    Ticket ticket;
    Reply reply;
  };
  struct Line {
    ResourceId id;
    Level level;
    std::string text;
  };

  Pool(EventSink& sink, Perform perform, Log log, WorkerOptions o)
      : options(o), perform(std::move(perform)), sink(&sink), log(std::move(log)) {}

  // Each takes the lock.
  void Submit(Job job);
  void Stop(Duration grace);
  void WorkerMain();
  void WatchMain();
  // Each needs the lock held.
  bool Refuse(const Job& job, Reply& reply);
  bool Exhausted() const;
  void Provide();
  bool StartWorker();
  void MarkReady(ResourceId id, Queue& queue);
  Job TakeJob();
  void Ended(const Running& running, Job& job, std::vector<Line>& lines);
  bool Look(Instant now, std::vector<Line>& lines);
  std::vector<Answer> GiveUp();
  int Responsive() const { return threads - held; }
  int ThreadsMax() const { return options.workers + options.quarantined; }
  std::string StuckText() const;
  // Neither.
  Reply Do(const Job& job) const;
  void Post(Answer answer);
  void Say(const std::vector<Line>& lines);

  const WorkerOptions options;
  const Perform perform;

  Mutex mutex;
  Condition work;     // idle workers wait here
  Condition watched;  // the watch does
  Condition ended;    // Stop does
  std::unordered_map<std::uint32_t, Queue> queues;
  std::deque<std::uint32_t> ready;  // resources whose next call may start, in turn
  std::list<Running*> running;
  std::size_t waiting = 0;
  int threads = 0;
  int idle = 0;
  int waking = 0;  // of the idle, told to wake and not there yet
  int held = 0;    // threads whose call is slow or stuck
  int stuck = 0;
  int posting = 0;       // calls that ended and whose answer is on its way
  bool starved = false;  // the system gave no thread
  bool watch_started = false;
  bool watching = false;
  bool stopping = false;

  Mutex post_mutex;
  EventSink* sink;
  Mutex log_mutex;
  Log log;
};

void Workers::Pool::Submit(Job job) {
  Reply refused;
  std::vector<Answer> given_up;
  {
    const std::scoped_lock lock(mutex);
    if (stopping) return;
    if (!Refuse(job, refused)) {
      Queue& queue = queues[job.id.index];
      ++queue.calls;
      ++waiting;
      const ResourceId id = job.id;
      queue.waiting.push_back(std::move(job));
      MarkReady(id, queue);
      Provide();
      if (Exhausted()) given_up = GiveUp();  // the system gave no thread
    }
  }
  if (!refused.ok()) Post({job.id, job.ticket, std::move(refused)});
  for (Answer& answer : given_up) Post(std::move(answer));
}

bool Workers::Pool::Refuse(const Job& job, Reply& reply) {
  starved = false;  // worth another try
  if (Exhausted()) {
    reply = Failure(ErrorCode::kBusy, StuckText());
    return true;
  }
  if (waiting >= options.queue) {
    reply = Failure(ErrorCode::kNotEnoughQuota,
                    std::to_string(waiting) + " operations wait for a worker thread");
    return true;
  }
  // A close gives something back: refusing it would leak the handle.
  if (GivesBack(job.call)) return false;
  const auto found = queues.find(job.id.index);
  if (found == queues.end() || found->second.calls < limits::kOperationsOutstanding) return false;
  const Queue& queue = found->second;
  reply = Failure(queue.stuck > 0 ? ErrorCode::kBusy : ErrorCode::kNotEnoughQuota,
                  OfResource(queue.calls, queue.stuck));
  return true;
}

// No thread is left that answers, and there will be no other one.
bool Workers::Pool::Exhausted() const {
  return Responsive() == 0 &&
         (starved || (threads >= ThreadsMax() && stuck >= options.quarantined));
}

std::string Workers::Pool::StuckText() const {
  if (starved) return "the system gives no more threads";
  return std::to_string(stuck) + " worker threads are stuck in the kernel; see `tidegate status`";
}

void Workers::Pool::MarkReady(ResourceId id, Queue& queue) {
  if (queue.ready || queue.waiting.empty() || queue.prompt >= options.workers_per_resource) return;
  queue.ready = true;
  ready.push_back(id.index);
}

// Sees to it that what is ready finds a thread, if there may be one.
void Workers::Pool::Provide() {
  if (!watch_started) {
    auto self = shared_from_this();
    auto watch = StartThread("tg-watch", [self] { self->WatchMain(); });
    watch_started = watch.has_value();
    if (watch) watch->detach();
  }
  if (!std::exchange(watching, true)) watched.notify_one();
  for (std::size_t n = static_cast<std::size_t>(waking); n < ready.size(); ++n) {
    if (idle > waking) {
      ++waking;
      work.notify_one();
    } else if (Responsive() >= options.workers || threads >= ThreadsMax() || !StartWorker()) {
      return;
    }
  }
}

bool Workers::Pool::StartWorker() {
  auto self = shared_from_this();
  auto thread = StartThread("tg-worker", [self] { self->WorkerMain(); });
  starved = !thread;
  if (starved) return false;
  thread->detach();
  ++threads;
  return true;
}

void Workers::Pool::WorkerMain() {
  const int tid = ThreadNumber();
  std::unique_lock lock(mutex);
  while (!stopping && Responsive() <= options.workers) {
    if (ready.empty()) {
      ++idle;
      work.wait(lock);
      --idle;
      if (waking > 0) --waking;
      continue;
    }
    Job job = TakeJob();
    if (!ready.empty()) Provide();  // this call may take long
    Running call{job.id, Info(job.call).name, MonotonicNow(), tid};
    const auto listed = running.insert(running.end(), &call);
    lock.unlock();

    Reply reply = Do(job);

    std::vector<Line> lines;
    lock.lock();
    running.erase(listed);
    ++posting;
    Ended(call, job, lines);
    lock.unlock();
    Post({job.id, job.ticket, std::move(reply)});
    Say(lines);
    lock.lock();
    --posting;
    if (stopping) ended.notify_all();
  }
  --threads;
  if (!ready.empty()) Provide();
  ended.notify_all();
}

Workers::Pool::Job Workers::Pool::TakeJob() {
  const std::uint32_t index = ready.front();
  ready.pop_front();
  Queue& queue = queues.at(index);
  Job job = std::move(queue.waiting.front());
  queue.waiting.pop_front();
  --waiting;
  ++queue.prompt;
  queue.ready = false;
  MarkReady(job.id, queue);  // behind the others
  return job;
}

void Workers::Pool::Ended(const Running& call, Job& job, std::vector<Line>& lines) {
  Queue& queue = queues.at(job.id.index);
  if (call.pace == Pace::kPrompt) --queue.prompt;
  if (call.pace != Pace::kPrompt) --held;
  if (call.pace == Pace::kStuck) {
    --stuck;
    --queue.stuck;
    const Duration took = Rounded(MonotonicNow() - call.since);
    lines.push_back({call.id, Level::kWarning,
                     std::string(call.op) + " came back after " + Text(took) + "; thread " +
                         std::to_string(call.thread) + " is a worker again"});
  }
  --queue.calls;
  MarkReady(job.id, queue);
  if (queue.calls == 0) queues.erase(job.id.index);
}

Reply Workers::Pool::Do(const Job& job) const {
  try {
    return perform(job.id, job.call);
  } catch (const std::exception& e) {
    return Failure(ErrorCode::kInternalError, e.what());
  } catch (...) {
    return Failure(ErrorCode::kInternalError, "an exception without a text");
  }
}

void Workers::Pool::WatchMain() {
  const Duration look_every = std::min(options.slow_after, options.stuck_after) / 4;
  std::unique_lock lock(mutex);
  while (!stopping) {
    if (!watching) {
      watched.wait(lock);
      continue;
    }
    watched.wait_for(lock, Chrono(look_every));
    std::vector<Line> lines;
    watching = Look(MonotonicNow(), lines);
    std::vector<Answer> given_up = Exhausted() ? GiveUp() : std::vector<Answer>{};
    lock.unlock();
    Say(lines);
    for (Answer& answer : given_up) Post(std::move(answer));
    lines.clear();
    given_up.clear();
    lock.lock();
  }
  watch_started = false;
  ended.notify_all();
}

// Whether there is something left to watch.
bool Workers::Pool::Look(Instant now, std::vector<Line>& lines) {
  bool changing = waiting > 0;
  for (Running* call : running) {
    const Duration age = now - call->since;
    Queue& queue = queues.at(call->id.index);
    if (call->pace == Pace::kPrompt && age >= options.slow_after) {
      call->pace = Pace::kSlow;
      ++held;
      --queue.prompt;
      MarkReady(call->id, queue);
    }
    if (call->pace == Pace::kSlow && age >= options.stuck_after) {
      call->pace = Pace::kStuck;
      ++stuck;
      ++queue.stuck;
      lines.push_back({call->id, Level::kError,
                       std::string(call->op) + " is stuck in the kernel for " + Text(Rounded(age)) +
                           "; thread " + std::to_string(call->thread) + " quarantined (" +
                           std::to_string(stuck) + " of " + std::to_string(options.quarantined) +
                           ")"});
    }
    changing = changing || call->pace != Pace::kStuck;
  }
  if (waiting > 0) Provide();
  return changing;
}

std::vector<Workers::Pool::Answer> Workers::Pool::GiveUp() {
  std::vector<Answer> answers;
  const Reply reply = Failure(ErrorCode::kBusy, StuckText());
  for (auto queue = queues.begin(); queue != queues.end();) {
    for (const Job& job : queue->second.waiting) answers.push_back({job.id, job.ticket, reply});
    queue->second.calls -= static_cast<int>(queue->second.waiting.size());
    queue->second.waiting.clear();
    queue->second.ready = false;
    queue = queue->second.calls == 0 ? queues.erase(queue) : std::next(queue);
  }
  ready.clear();
  waiting = 0;
  return answers;
}

void Workers::Pool::Post(Answer answer) {
  const std::scoped_lock lock(post_mutex);
  if (sink == nullptr) return;
  sink->Post(answer.id, {MonotonicNow(), Completed{answer.ticket, std::move(answer.reply)}});
}

void Workers::Pool::Say(const std::vector<Line>& lines) {
  if (lines.empty()) return;
  const std::scoped_lock lock(log_mutex);
  for (const Line& line : lines) {
    if (log) log(line.id, line.level, line.text);
  }
}

void Workers::Pool::Stop(Duration grace) {
  std::unique_lock lock(mutex);
  stopping = true;
  GiveUp();  // without an answer
  work.notify_all();
  watched.notify_all();
  ended.wait_for(lock, Chrono(grace), [this] {
    return posting == 0 && running.size() == static_cast<std::size_t>(stuck);
  });
  lock.unlock();
  {
    const std::scoped_lock posts(post_mutex);
    sink = nullptr;
  }
  {
    const std::scoped_lock logs(log_mutex);
    log = nullptr;
  }
  // Those that perform nothing end now; a moment of patience makes that a fact.
  lock.lock();
  ended.wait_for(lock, Chrono(limits::kWorkerSlowAfter), [this] {
    return !watch_started && posting == 0 && threads == static_cast<int>(running.size());
  });
}

Workers::Workers(EventSink& sink, Perform perform, Log log, WorkerOptions options)
    : pool_(std::make_shared<Pool>(sink, std::move(perform), std::move(log), options)) {}

Workers::~Workers() { Stop(); }

void Workers::Submit(ResourceId id, Ticket ticket, const Call& call) {
  pool_->Submit({id, ticket, call});
}

void Workers::Stop(Duration grace) { pool_->Stop(grace); }

std::vector<StuckCall> Workers::Stuck() const {
  const std::scoped_lock lock(pool_->mutex);
  std::vector<StuckCall> stuck;
  for (const Pool::Running* call : pool_->running) {
    if (call->pace != Pool::Pace::kStuck) continue;
    stuck.push_back({call->id, std::string(call->op), call->since, call->thread});
  }
  return stuck;
}

std::size_t Workers::outstanding() const {
  const std::scoped_lock lock(pool_->mutex);
  return pool_->waiting + pool_->running.size();
}

bool Workers::HasCallsOf(ResourceId id) const {
  const std::scoped_lock lock(pool_->mutex);
  return pool_->queues.contains(id.index);
}

int Workers::threads() const {
  const std::scoped_lock lock(pool_->mutex);
  return pool_->threads;
}

}  // namespace tidegate
