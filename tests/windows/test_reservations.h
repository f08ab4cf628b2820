/* Persistent reservations of the test driver's disks: two volumes, 2n and 2n + 1, are the paths of
 * two nodes to one disk. Plain C, part of test_volume.c.
 *
 * Sources: IOCTL_STORAGE_PERSISTENT_RESERVE_IN and _OUT; SCSI Primary Commands. Types are kept and
 * reported; what they forbid is not modelled. */
#pragma once

#define STORAGE_PERSISTENT_RESERVE_IN 0x002d5018
#define STORAGE_PERSISTENT_RESERVE_OUT 0x002dd01c
#define RESERVATION_CONFLICT ((NTSTATUS)0x80000011) /* STATUS_DEVICE_BUSY: ERROR_BUSY */

struct test_reservation {
  UCHAR key[2][8]; /* of each path; all 0: not registered */
  int holder;      /* 0, 1, or -1 */
  UCHAR type;
};

static struct test_reservation test_reservations[TEST_VOLUMES / 2];

static BOOLEAN same_key(const UCHAR* a, const UCHAR* b) { return RtlCompareMemory(a, b, 8) == 8; }

static BOOLEAN is_registered(const struct test_reservation* r, int path) {
  static const UCHAR none[8];
  return !same_key(r->key[path], none);
}

static void forget_reservations(ULONG volume) {
  RtlZeroMemory(&test_reservations[volume / 2], sizeof test_reservations[0]);
  test_reservations[volume / 2].holder = -1;
}

/* PR_IN: action at 8, then the room for the answer. */
static ULONG reserve_in(ULONG volume, const UCHAR* command, UCHAR* out) {
  const struct test_reservation* r = &test_reservations[volume / 2];
  ULONG length = 8;
  int path;
  RtlZeroMemory(out, 32);
  if ((command[8] & 31) == 0) {
    for (path = 0; path < 2; path++) {
      if (!is_registered(r, path)) continue;
      RtlCopyMemory(out + length, r->key[path], 8);
      length += 8;
    }
  } else if (r->type != 0 && r->holder >= 0) {
    RtlCopyMemory(out + 8, r->key[r->holder], 8);
    out[21] = r->type;
    length += 16;
  }
  out[7] = (UCHAR)(length - 8);
  return length;
}

static void unregister(struct test_reservation* r, int path) {
  RtlZeroMemory(r->key[path], 8);
  if (r->holder != path) return;
  r->holder = -1;
  r->type = 0;
}

/* PR_OUT: action at 8, type at 9, this path's key at 10, the key that the action is about at 18. */
static NTSTATUS reserve_out(ULONG volume, const UCHAR* command, ULONG length) {
  struct test_reservation* r = &test_reservations[volume / 2];
  const int me = (int)(volume & 1);
  const UCHAR action = command[8] & 31;
  const UCHAR *key = command + 10, *about = command + 18;
  if (length != 34) return STATUS_INFO_LENGTH_MISMATCH;
  if (r->type == 0) r->holder = -1;
  if (action == 6) { /* register, whatever was registered */
    if (r->holder == me && same_key(about, (const UCHAR*)"\0\0\0\0\0\0\0\0")) unregister(r, me);
    RtlCopyMemory(r->key[me], about, 8);
    return STATUS_SUCCESS;
  }
  if (!is_registered(r, me) || !same_key(r->key[me], key)) return RESERVATION_CONFLICT;
  switch (action) {
    case 1: /* reserve */
      if (r->holder >= 0 && (r->holder != me || r->type != (command[9] & 15))) {
        return RESERVATION_CONFLICT;
      }
      r->holder = me;
      r->type = command[9] & 15;
      return STATUS_SUCCESS;
    case 2: /* release */
      if (r->holder == me) r->type = 0;
      return STATUS_SUCCESS;
    case 3: /* clear */
      forget_reservations(volume);
      return STATUS_SUCCESS;
    case 4: /* preempt, and preempt and abort */
    case 5: {
      const BOOLEAN held = r->holder == 1 - me;
      if (!is_registered(r, 1 - me) || !same_key(r->key[1 - me], about)) {
        return RESERVATION_CONFLICT;
      }
      unregister(r, 1 - me);
      if (held) {
        r->holder = me;
        r->type = command[9] & 15;
      }
      return STATUS_SUCCESS;
    }
    default:
      return STATUS_INVALID_DEVICE_REQUEST;
  }
}
