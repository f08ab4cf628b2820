/* Requests of a test volume: ended at once, or held back by a fault until they are released, are
 * cancelled or come due. Plain C, part of test_volume.c, which performs them. */
#pragma once

#define TAG 0x6c6f7654 /* "Tvol" */
#define MAX_FAULTS 32

typedef struct volume {
  DEVICE_OBJECT* device;
  ULONG index;
  BOOLEAN online, mounted, gone;
  ULONG open_files, is; /* TEST_IS_... */
  ULONGLONG gpt_attributes, disk_attributes;
  FILE_OBJECT *locked_by, *dismounted_by;
  KSPIN_LOCK lock;   /* of the two lists below and of the counters */
  LIST_ENTRY pended; /* struct pended */
  struct test_fault faults[MAX_FAULTS];
  struct test_state seen;
  UCHAR* disk;
} volume;

/* A request that waits, until it is released, cancelled or due. */
struct pended {
  LIST_ENTRY entry;
  IRP* irp; /* NULL: no longer this one's */
  volume* of;
  BOOLEAN timed, fired, cancellable;
  KTIMER timer;
  KDPC dpc;
};

static volume* volumes[TEST_VOLUMES];
static DEVICE_OBJECT* control_device;

static NTSTATUS perform(volume* v, IRP* irp, ULONG_PTR* size);

static NTSTATUS complete(IRP* irp, NTSTATUS status, ULONG_PTR size) {
  irp->IoStatus.Status = status;
  irp->IoStatus.Information = size;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return status;
}

static void perform_and_complete(volume* v, IRP* irp) {
  ULONG_PTR size = 0;
  NTSTATUS status = perform(v, irp, &size);
  complete(irp, status, size);
}

static void discard(struct pended* p) { ExFreePoolWithTag(p, TAG); }

static VOID NTAPI on_cancel(DEVICE_OBJECT* device, IRP* irp) {
  volume* v = device->DeviceExtension;
  struct pended* p = irp->Tail.Overlay.DriverContext[0];
  BOOLEAN ours = TRUE;
  KIRQL level;
  IoReleaseCancelSpinLock(irp->CancelIrql);
  KeAcquireSpinLock(&v->lock, &level);
  RemoveEntryList(&p->entry);
  p->irp = NULL;
  v->seen.cancelled++;
  v->seen.hanging--;
  if (p->timed && !p->fired) ours = KeCancelTimer(&p->timer); /* else the timer frees it */
  KeReleaseSpinLock(&v->lock, level);
  if (ours) discard(p);
  complete(irp, STATUS_CANCELLED, 0);
}

/* With the lock held: TRUE, and the request is the caller's. FALSE: it is being cancelled. */
static BOOLEAN claim(volume* v, struct pended* p) {
  if (p->cancellable && IoSetCancelRoutine(p->irp, NULL) == NULL) return FALSE;
  RemoveEntryList(&p->entry);
  v->seen.hanging--;
  return TRUE;
}

static VOID NTAPI on_due(KDPC* dpc, PVOID context, PVOID unused1, PVOID unused2) {
  struct pended* p = context;
  volume* v = p->of;
  IRP* irp = NULL;
  BOOLEAN ours = TRUE;
  KIRQL level;
  (void)dpc, (void)unused1, (void)unused2;
  KeAcquireSpinLock(&v->lock, &level);
  if (p->irp != NULL) {
    if (claim(v, p)) {
      irp = p->irp;
    } else { /* its cancel routine is on its way, and frees it */
      p->fired = TRUE;
      ours = FALSE;
    }
  }
  KeReleaseSpinLock(&v->lock, level);
  if (ours) discard(p);
  if (irp != NULL) perform_and_complete(v, irp);
}

static NTSTATUS pend(volume* v, IRP* irp, const struct test_fault* fault) {
  struct pended* p = ExAllocatePoolWithTag(NonPagedPool, sizeof *p, TAG);
  KIRQL level;
  if (p == NULL) return complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
  RtlZeroMemory(p, sizeof *p);
  p->irp = irp;
  p->of = v;
  p->timed = fault->mode == TEST_DELAY;
  p->cancellable = fault->mode != TEST_STUCK;
  irp->Tail.Overlay.DriverContext[0] = p;
  IoMarkIrpPending(irp);
  KeAcquireSpinLock(&v->lock, &level);
  InsertTailList(&v->pended, &p->entry);
  v->seen.hanging++;
  if (p->cancellable) {
    IoSetCancelRoutine(irp, on_cancel);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) { /* too late to wait */
      RemoveEntryList(&p->entry);
      v->seen.hanging--;
      v->seen.cancelled++;
      KeReleaseSpinLock(&v->lock, level);
      discard(p);
      complete(irp, STATUS_CANCELLED, 0);
      return STATUS_PENDING;
    }
  }
  if (p->timed) {
    LARGE_INTEGER due;
    due.QuadPart = -(LONGLONG)fault->delay_ms * 10000;
    KeInitializeTimer(&p->timer);
    KeInitializeDpc(&p->dpc, on_due, p);
    KeSetTimer(&p->timer, due, &p->dpc);
  }
  KeReleaseSpinLock(&v->lock, level);
  return STATUS_PENDING;
}

/* Ends all that hangs; what waits for a time goes on waiting. */
static void release(volume* v, NTSTATUS status) {
  for (;;) {
    IRP* irp = NULL;
    struct pended* found = NULL;
    LIST_ENTRY* at;
    KIRQL level;
    KeAcquireSpinLock(&v->lock, &level);
    for (at = v->pended.Flink; at != &v->pended && irp == NULL; at = at->Flink) {
      struct pended* p = CONTAINING_RECORD(at, struct pended, entry);
      if (p->timed || !claim(v, p)) continue;
      irp = p->irp;
      found = p;
    }
    KeReleaseSpinLock(&v->lock, level);
    if (irp == NULL) return;
    discard(found);
    if (status == STATUS_SUCCESS) {
      perform_and_complete(v, irp);
    } else {
      complete(irp, status, 0);
    }
  }
}
