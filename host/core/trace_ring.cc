// Coding records into a ring and back.
#include "host/core/trace_ring.h"

#include <utility>

namespace tidegate::trace {
namespace {

// Length in two bytes, kind with the flag of a cut text, time since the record before.
constexpr std::size_t kLengthBytes = 2;
constexpr char kCutBit = 0x40;

template <class V, std::size_t... I>
V MakeAt(std::size_t index, std::index_sequence<I...>) {
  V made;
  (void)((I == index ? (made.template emplace<I>(), true) : false) || ...);
  return made;
}

struct Head {
  std::size_t kind = 0;
  bool cut = false;
  Duration since;
};

Head ReadHead(CodeReader& reader) {
  Head head;
  const std::uint64_t first = reader.Number();
  head.cut = (first & kCutBit) != 0;
  head.kind = first & (kCutBit - 1);
  head.since = {reader.Signed()};
  return head;
}

}  // namespace

Call CallAt(std::size_t index) {
  return MakeAt<Call>(index, std::make_index_sequence<std::variant_size_v<Call>>());
}

Value ValueAt(Kind kind) {
  return MakeAt<Value>(static_cast<std::size_t>(kind),
                       std::make_index_sequence<std::variant_size_v<Value>>());
}

Recorded RecordedAt(std::size_t index) {
  return MakeAt<Recorded>(index, std::make_index_sequence<kRecordKinds>());
}

Ring::Ring(std::atomic<std::size_t>& budget)
    : budget_(budget),
      memory_(new char[limits::kRecorderBytesMin]),
      capacity_(limits::kRecorderBytesMin) {
  static_assert(kRecordKinds < kCutBit);
  static_assert(std::has_single_bit(limits::kRecorderBytesMin));
  budget_ += capacity_;
}

Ring::~Ring() { budget_ -= capacity_; }

void Ring::Begin(CodeWriter& writer, Instant at, std::size_t kind) {
  if (!std::exchange(began_, true)) oldest_ = latest_ = at;
  writer.Number(0);  // the length comes when it is known
  writer.Number(0);
  writer.Number(kind);
  writer.Signed((at - latest_).ns);
  latest_ = at;
}

void Ring::Append(char* code, const CodeWriter& writer) {
  const std::size_t size = writer.size();
  assert(size <= kCodeBytes);
  code[0] = static_cast<char>(size & 0xff);
  code[1] = static_cast<char>(size >> 8);
  if (writer.cut()) code[kLengthBytes] |= kCutBit;
  MakeRoom(size);
  if (size > capacity_) {  // a host with thousands of resources, and a very long text
    ++lost_;
    oldest_ = latest_;
    return;
  }
  const std::size_t at = end_ & (capacity_ - 1);
  const std::size_t first = std::min(size, capacity_ - at);
  std::memcpy(memory_.get() + at, code, first);
  std::memcpy(memory_.get(), code + first, size - first);
  end_ += size;
  ++records_;
}

void Ring::MakeRoom(std::size_t size) {
  while (bytes() + size > capacity_ && capacity_ < limits::kRecorderBytes) {
    if (budget_ + capacity_ > limits::kRecorderBytesAll) break;
    Grow();
  }
  while (bytes() > 0 && bytes() + size > capacity_) DropOldest();
}

void Ring::Grow() {
  std::unique_ptr<char[]> bigger(new char[capacity_ * 2]);
  const std::size_t used = bytes();
  Copy(begin_, bigger.get(), used);
  memory_ = std::move(bigger);
  budget_ += capacity_;
  capacity_ *= 2;
  begin_ = 0;
  end_ = used;
}

void Ring::Copy(std::uint64_t from, char* to, std::size_t size) const {
  const std::size_t at = from & (capacity_ - 1);
  const std::size_t first = std::min(size, capacity_ - at);
  std::memcpy(to, memory_.get() + at, first);
  std::memcpy(to + first, memory_.get(), size - first);
}

void Ring::DropOldest() {
  unsigned char length[kLengthBytes];
  Copy(begin_, reinterpret_cast<char*>(length), kLengthBytes);
  const std::size_t size = length[0] | (static_cast<std::size_t>(length[1]) << 8);
  // All but a state are dropped for their time alone.
  char code[kCodeBytes];
  constexpr std::size_t kHeadBytes = 16;
  Copy(begin_, code, std::min(size, kHeadBytes));
  CodeReader head_reader({code + kLengthBytes, std::min(size, kHeadBytes) - kLengthBytes});
  const Head head = ReadHead(head_reader);
  oldest_ = oldest_ + head.since;
  if (head.kind == IndexOf<Hosting>() && hostings_.size() > 1) {
    hostings_.erase(hostings_.begin());
  }
  if (head.kind == IndexOf<StateIs>()) {
    Copy(begin_, code, size);
    CodeReader reader({code + kLengthBytes, size - kLengthBytes});
    (void)ReadHead(reader);
    state_ = reader.Text();
    state_cut_ = head.cut;
  }
  begin_ += size;
  --records_;
  ++lost_;
}

void Ring::Hosts(Instant at, const Hosting& hosting) {
  hostings_.push_back(hosting);
  if (!std::exchange(began_, true)) oldest_ = latest_ = at;
  if (hostings_.size() == 1) return;
  char code[kCodeBytes];
  CodeWriter writer(code);
  Begin(writer, at, IndexOf<Hosting>());
  Append(code, writer);
}

void Ring::State(Instant at, std::string_view json) {
  char code[kCodeBytes];
  CodeWriter writer(code);
  Begin(writer, at, IndexOf<StateIs>());
  writer.Text(json);
  Append(code, writer);
}

void Ring::AddNote(Instant at, Level level, std::string_view text) {
  char code[kCodeBytes];
  CodeWriter writer(code);
  Begin(writer, at, IndexOf<Note>());
  writer.Word(level);
  writer.Text(text);
  Append(code, writer);
}

void Ring::Read(Trace& trace) const {
  std::string all(bytes(), '\0');
  Copy(begin_, all.data(), all.size());
  trace.lost = lost_;
  Instant at = oldest_;
  std::size_t hosting = 0;
  if (!hostings_.empty()) trace.records.push_back({at, hostings_.front(), false});
  if (lost_ > 0) trace.records.push_back({at, StateIs{state_}, state_cut_});
  for (std::string_view rest = all; rest.size() > kLengthBytes;) {
    const auto low = static_cast<unsigned char>(rest[0]);
    const auto high = static_cast<unsigned char>(rest[1]);
    const std::size_t size = low | (static_cast<std::size_t>(high) << 8);
    CodeReader reader(rest.substr(kLengthBytes, size - kLengthBytes));
    const Head head = ReadHead(reader);
    at = at + head.since;
    Record record{at, RecordedAt(head.kind), head.cut};
    if (auto* hosts = std::get_if<Hosting>(&record.what)) {
      *hosts = hostings_[std::min(++hosting, hostings_.size() - 1)];
    } else {
      std::visit([&](auto& what) { Walk(reader, what); }, record.what);
    }
    trace.records.push_back(std::move(record));
    rest.remove_prefix(size);
  }
}

}  // namespace tidegate::trace
