// Every bound in the program, by name and with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/core/time.h"

namespace tidegate::limits {

// --- One policy's sandbox. The sandbox overrides none of these upward beyond its own "Max". ---

// What a 150-line policy needs is 23 KiB; 1 MiB leaves room for data and none for a bomb.
inline constexpr std::size_t kMemoryBytes = 1 << 20;
inline constexpr std::size_t kMemoryBytesMax = 64 << 20;
// One block: makes every "one instruction, one second" attack on long strings impossible.
inline constexpr std::size_t kBlockBytes = 128 << 10;
// Fuel between two yields. One fuel is one call, one loop iteration or 32 bytes allocated; 2
// million take 10 to 20 ms, which no honest policy needs between two operations.
inline constexpr std::int64_t kFuel = 2'000'000;
inline constexpr std::int64_t kFuelMax = 200'000'000;
// How often the fuel callback looks at the clock and the cancel flag: every 10 to 50 us of ordinary
// code, and every 0.5 ms of the dearest that is known.
inline constexpr std::int64_t kFuelSlice = 5'000;
// Compiling one file: no policy of kSourceBytes needs half of it, and it is done in 8 ms.
inline constexpr std::int64_t kCompileFuel = 1'000'000;
// Running time between two yields; time suspended in an operation does not count.
inline constexpr Duration kRunningTime = Milliseconds(250);
// Parsing costs 10 to 40 times the source in memory.
inline constexpr std::size_t kSourceBytes = 256 << 10;
// Refused allocations before the sandbox is killed: a failed one runs a full collection each.
inline constexpr int kRefusedAllocationsMax = 8;

// resource.state and every other plain data that crosses the boundary.
inline constexpr int kStateDepth = 16;
inline constexpr std::size_t kStateBytes = 64 << 10;
inline constexpr std::size_t kStoreValueBytes = 64 << 10;
inline constexpr std::size_t kStoreKeyBytes = 64;

// Log lines of one resource: a token bucket, so that a loop that logs cannot fill a disk.
inline constexpr std::size_t kLogLineBytes = 4 << 10;
inline constexpr int kLogLinesPerSecond = 20;

// What a policy declares is kept by the host outside of the sandbox's memory, in several copies. No
// table has more fields than kBlockBytes has room for, so that there are no more properties; and a
// path is the longest text that a property is.
inline constexpr std::size_t kProperties = 4096;
inline constexpr std::size_t kPropertyDefaultBytes = 4 << 10;

// Operations of one resource under way at once: its entry point, terminate and its watches.
inline constexpr int kOperationsOutstanding = 8;
inline constexpr int kWatches = 4;

// Strings that go to the operating system: a path, a text for the operator.
inline constexpr std::size_t kPathBytes = 4096;
inline constexpr std::size_t kReasonBytes = 1024;
// Sectors of one probe: 256 reads of 4 KiB are 1 MiB of I/O.
inline constexpr std::size_t kProbeSectors = 256;

// A resource's name is also a file name and a part of log lines.
inline constexpr std::size_t kResourceNameBytes = 128;

// --- Time. ---

inline constexpr Duration kDurationMax = Seconds(366LL * 24 * 3600);
// A status report while pending: well inside the smallest sensible PendingTimeout.
inline constexpr Duration kHeartbeat = Seconds(1);
// Entry points that declare no timeout of their own.
inline constexpr Duration kOpenTimeout = Seconds(10);
inline constexpr Duration kPendingEntryTimeout = Seconds(180);  // PendingTimeout's default
inline constexpr Duration kAliveTimeout = Seconds(5);
inline constexpr Duration kTerminateTimeout = Seconds(10);

// --- The host. ---

inline constexpr std::size_t kResources = 16'384;
// Requests that wait for a resource's running entry point. One of each kind is all that can differ.
inline constexpr std::size_t kRequestsWaiting = 8;
inline constexpr int kLaneThreads = 4;
// Worker threads for blocking operations, and how many stuck ones are replaced before the pool only
// shrinks: a thread stuck in the kernel costs its stack and a slot of the process for ever.
inline constexpr int kWorkers = 8;
inline constexpr int kWorkersQuarantined = 64;
inline constexpr Duration kWorkerStuckAfter = Seconds(30);
inline constexpr std::size_t kWorkQueue = 32'768;
// A lane thread gives one resource this many events, then the next resource has its turn.
inline constexpr int kLaneTurn = 16;
// Mail that waits longer than this finds another lane thread; twice this and a bit is what a
// runaway policy can cost a neighbour.
inline constexpr Duration kLaneStall = Milliseconds(3);
// Lane threads beyond kLaneThreads, for as long as that many policies run away at once.
inline constexpr int kLaneThreadsExtra = 16;
inline constexpr Duration kLaneExtraIdle = Seconds(1);
// How late a timer may come so that others due about then share its wake-up: a thousandth of its
// time, as with select(2), within these bounds.
inline constexpr Duration kTimerSlack = Milliseconds(1);
inline constexpr Duration kTimerSlackMax = Milliseconds(3);
// A call that takes longer keeps its thread but no longer counts against kWorkers: others go on.
inline constexpr Duration kWorkerSlowAfter = Seconds(1);
// Calls of one resource that may hold a worker at once before they are slow.
inline constexpr int kWorkersPerResource = kWorkers / 2;
// Values that one resource may store: with kStoreValueBytes the most a policy can take of a disk.
inline constexpr int kStoreKeys = 256;
// A node attribute: a word for rules and for other nodes' policies, which every node is sent and a
// cluster keeps in its status. What is larger belongs in the store.
inline constexpr std::size_t kAttributeNameBytes = 128;
inline constexpr std::size_t kAttributeValueBytes = 1 << 10;
inline constexpr std::size_t kNodeNameBytes = 255;  // of a host name

// --- Hot swap. ---

// resource.state on disk: what a version wrote and, while another is on probation, what the one
// before it wrote, with who they are.
inline constexpr std::size_t kStateFileBytes = 2 * kStateBytes + (8 << 10);
// Healthy verdicts that end a new version's probation: one may be luck, and with the default polls
// three are a quarter of a minute.
inline constexpr int kSwapHealthy = 3;
// How long what is in flight is waited for. Source: kAliveTimeout and kTerminateTimeout, with room.
inline constexpr Duration kSwapWithin = Seconds(30);
// Of many that are swapped at once: as many writes as keep a disk busy, and few enough that a
// device behind all of them answers the question that probation begins with in time.
inline constexpr std::size_t kSwapsAtOnce = 64;
// A version that was rolled back so often is not taken again until an operator says so.
inline constexpr int kSwapQuarantine = 3;
// What `history` tells of one resource, and versions that are kept: years of releases.
inline constexpr std::size_t kHistoryEntries = 100;
inline constexpr std::size_t kVersionsKept = 200;

// --- Injected faults (tidegate run --faults). ---

// Longer than any poll may take: what the simulator takes, too.
inline constexpr Duration kFaultSlow = Seconds(8);
// Past every deadline of an entry point in use; then the device is reset and the operation aborted.
inline constexpr Duration kFaultHangs = Minutes(10);

// --- The flight recorder. ---

// One resource's ring: about 700 operations, or the polls of half an hour.
inline constexpr std::size_t kRecorderBytes = 64 << 10;
// What it begins with; it doubles while the process stays below kRecorderBytesAll, so that 500
// resources have whole rings and 10,000 a few minutes each.
inline constexpr std::size_t kRecorderBytesMin = 2 << 10;
inline constexpr std::size_t kRecorderBytesAll = 32 << 20;
// A text of one record: a path, a detail, a reason. What is longer is cut, and said to be.
inline constexpr std::size_t kRecorderTextBytes = 1 << 10;
// A text trace that is read back.
inline constexpr std::size_t kTraceFileBytes = 16 << 20;
// Dumps of one resource that are kept: the first failures of a bad night and the last ones matter.
inline constexpr int kTraceDumps = 10;

// --- Volumes. ---

// How long an operation waits for another one on the same volume before it says what is in the way.
inline constexpr Duration kVolumeGateWait = Seconds(5);
// A program that looks at every new device (udev) has a loop device open for moments after a
// change.
inline constexpr Duration kLoopDetachWait = Seconds(2);
// A handle is a row in a table; a policy that opens without end is told so.
inline constexpr std::size_t kVolumeHandles = 256;
// The answer of a control code that a policy sends itself: more is no question about state.
inline constexpr std::size_t kIoctlBytes = 64 << 10;
// A control code that a driver keeps for longer is cancelled: before its thread counts as stuck.
inline constexpr Duration kIoctlDeadline = Seconds(20);
// What a driver may take to give a cancelled request back, before the request is left behind.
inline constexpr Duration kIoctlCancelWait = Milliseconds(250);
// Requests left behind with drivers that ignore cancellation; each keeps its buffers for ever.
inline constexpr std::size_t kIoctlsLeftBehind = 256;
// Names of files that are looked through for one that an image with several names has in a folder
// of the host's own. Where there are more, such an image is not opened.
inline constexpr std::size_t kOwnNames = 100'000;
// Who keeps a volume busy: as many names as fit a line, found by looking at so many links of /proc.
inline constexpr std::size_t kHoldersNamed = 5;
inline constexpr std::size_t kHolderLinks = 100'000;

// --- Policy packs. ---

// A pack is text that people read: the largest shipped one has 40 files and 200 KiB. What is larger
// is a mistake or a bomb, and all of it is held in memory while it is verified.
inline constexpr std::size_t kPackFiles = 1000;
inline constexpr std::size_t kPackFileBytes = 1 << 20;
inline constexpr std::size_t kPackBytes = 8 << 20;
inline constexpr std::size_t kPackArchiveBytes = 8 << 20;
// Below Windows' 260 together with the store's own folders. Source: "Maximum Path Length
// Limitation".
inline constexpr std::size_t kPackPathBytes = 150;
// Patterns of one capability.
inline constexpr std::size_t kPackPatterns = 64;
// One pattern: a bit each in eight words, so that every character of a path that is matched with it
// takes the same few instructions. The longest path that people write out is below 300.
inline constexpr std::size_t kPatternBytes = 512;

// --- The resource DLL. ---

// How long an entry point waits for an answer before it says pending, or what was last known. Entry
// points must return within 300 ms. Source: "Recommended Practices for Resource DLLs".
inline constexpr Duration kEntryPointWait = Milliseconds(200);
// A poll this soon after a verdict gets that verdict, without a look at the device. LooksAlive that
// fails is followed by IsAlive at once; two rounds of polls are seconds apart.
inline constexpr Duration kVerdictFresh = Seconds(1);
// Policies being read and calls to the cluster database under way at once, a thread each.
inline constexpr int kDllJobs = 256;
// What a control code may bring along: property lists are kilobytes.
inline constexpr std::size_t kControlBytes = 1 << 20;

}  // namespace tidegate::limits
