/* The control device of the test volume driver: what a test may ask of it.
 *
 * Plain C, shared by the driver and the tests. The device is \\.\TidegateTest; each request begins
 * with the number of the volume that it is about, 0 to TEST_VOLUMES - 1. */
#pragma once

#define TEST_VOLUMES 128
#define TEST_VOLUME_BYTES (256 * 1024)

/* CTL_CODE(0x8f00, 0x800 + function, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define TEST_CODE(function) ((0x8f00u << 16) | ((0x800u + (function)) << 2))
#define TEST_ADD_FAULT TEST_CODE(0) /* in: struct test_fault */
#define TEST_RELEASE                                                                             \
  TEST_CODE(1)                   /* in: volume, status: all that hangs ends so; 0: does its work \
                                  */
#define TEST_STATE TEST_CODE(2)  /* in: volume; out: struct test_state */
#define TEST_RESET TEST_CODE(3)  /* in: volume: online, no faults, nothing hangs, disk empty */
#define TEST_VANISH TEST_CODE(4) /* in: volume, 1: is gone, 0: is there again */
#define TEST_OPEN_FILES TEST_CODE(5) /* in: volume, how many files others have open on it */
#define TEST_IS TEST_CODE(6)         /* in: volume, TEST_IS_...: what it says of itself */
#define TEST_IS_DIRTY 1u
#define TEST_IS_SHARED 2u /* a cluster shared volume */
/* The disks of the last volumes have names, \\.\PhysicalDrive<TEST_DISK(volume)>. */
#define TEST_DISK(volume) (10 + (volume))
#define TEST_DISK_NAMED 100

/* What a fault is about: one of these, or a control code. */
#define TEST_OP_READ 1u
#define TEST_OP_WRITE 2u
#define TEST_OP_FLUSH 3u

enum test_mode {
  TEST_FAIL = 1,  /* ends at once with `status` */
  TEST_DELAY = 2, /* does its work after `delay_ms`; can be cancelled */
  TEST_HANG = 3,  /* until TEST_RELEASE or cancelled */
  TEST_STUCK = 4  /* until TEST_RELEASE: a driver that ignores cancellation */
};

struct test_fault {
  unsigned volume;
  unsigned op;
  unsigned mode;
  unsigned status; /* NTSTATUS */
  unsigned delay_ms;
  unsigned count; /* how often; 0: for ever */
};

struct test_request {
  unsigned volume;
  unsigned value;
};

struct test_state {
  unsigned online;
  unsigned mounted;
  unsigned locked;
  unsigned hanging;   /* now */
  unsigned cancelled; /* since the last reset, and so on */
  unsigned opened;
  unsigned closed;
  unsigned reads;
  unsigned requests; /* reads, writes, flushes and control codes */
  unsigned unknown;  /* control codes that no volume answers */
};
