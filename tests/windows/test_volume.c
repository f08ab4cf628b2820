/* A volume driver for tests: RAM disks with the documented life of a volume, and faults on demand.
 *
 * A legal WDM driver, made for Wine's driver host: it proves nothing about what volmgr or NTFS do.
 * Volume n is \\.\TestVol<n> and \\?\Volume{71de6a7e-0000-4000-8000-0000000000<nn>}, nn in
 * hexadecimal. Where the documents name no error (offline of a mounted volume), the choice is ours.
 * Sources: IOCTL_VOLUME_OFFLINE and its neighbours, ntddvol.h; FSCTL_LOCK_VOLUME, winioctl.h. */
#include <ntddk.h>

#include "test_volume_control.h"
#include "test_reservations.h"
#include "test_requests.h"

/* In the order of the reference: not all are in every header of mingw-w64. */
#define VOLUME_GET_DISK_EXTENTS 0x00560000
#define VOLUME_SUPPORTS_ONLINE_OFFLINE 0x00560004
#define VOLUME_ONLINE 0x0056c008
#define VOLUME_OFFLINE 0x0056c00c
#define VOLUME_IS_OFFLINE 0x00560010
#define VOLUME_IS_IO_CAPABLE 0x00560014
#define VOLUME_QUERY_FAILOVER_SET 0x00560018
#define VOLUME_QUERY_NUMBER 0x0056001c
#define VOLUME_LOGICAL_TO_PHYSICAL 0x00560020
#define VOLUME_PHYSICAL_TO_LOGICAL 0x00560024
#define VOLUME_IS_PARTITION 0x00560028
#define VOLUME_IS_CLUSTERED 0x00560030
#define VOLUME_SET_GPT_ATTRIBUTES 0x00560034
#define VOLUME_GET_GPT_ATTRIBUTES 0x00560038
#define VOLUME_IS_DYNAMIC 0x00560048
#define VOLUME_UPDATE_PROPERTIES 0x00560054
#define VOLUME_IS_CSV 0x00560060
#define VOLUME_POST_ONLINE 0x0056c064
#define VOLUME_LOCK 0x00090018
#define VOLUME_UNLOCK 0x0009001c
#define VOLUME_DISMOUNT 0x00090020
#define VOLUME_IS_MOUNTED 0x00090028
#define VOLUME_IS_DIRTY 0x00090078
#define DISK_IS_CLUSTERED 0x000700f8
#define DISK_GET_ATTRIBUTES 0x000700f0
#define DISK_SET_ATTRIBUTES 0x0007c0f4
#define DISK_GET_LENGTH 0x0007405c
#define STORAGE_CHECK_VERIFY2 0x002d0800
#define STORAGE_GET_DEVICE_NUMBER 0x002d1080
#define DISK_GET_DRIVE_LAYOUT_EX 0x00070050
#define SCSI_GET_ADDRESS 0x00041018

/* --- Faults. --- */

static ULONG op_of(const IO_STACK_LOCATION *stack) {
  switch (stack->MajorFunction) {
    case IRP_MJ_READ: return TEST_OP_READ;
    case IRP_MJ_WRITE: return TEST_OP_WRITE;
    case IRP_MJ_FLUSH_BUFFERS: return TEST_OP_FLUSH;
    default: return stack->Parameters.DeviceIoControl.IoControlCode;
  }
}

static BOOLEAN take_fault(volume *v, ULONG op, struct test_fault *taken) {
  BOOLEAN found = FALSE;
  ULONG i;
  KIRQL level;
  KeAcquireSpinLock(&v->lock, &level);
  for (i = 0; i < MAX_FAULTS && !found; i++) {
    struct test_fault *fault = &v->faults[i];
    if (fault->mode == 0 || fault->op != op) continue;
    *taken = *fault;
    if (fault->count != 0 && --fault->count == 0) fault->mode = 0;
    found = TRUE;
  }
  KeReleaseSpinLock(&v->lock, level);
  return found;
}

/* --- The volume. --- */

static NTSTATUS transfer(volume *v, IRP *irp, IO_STACK_LOCATION *stack, ULONG_PTR *size) {
  BOOLEAN writes = stack->MajorFunction == IRP_MJ_WRITE;
  ULONG length = writes ? stack->Parameters.Write.Length : stack->Parameters.Read.Length;
  LONGLONG at = writes ? stack->Parameters.Write.ByteOffset.QuadPart
                       : stack->Parameters.Read.ByteOffset.QuadPart;
  UCHAR *buffer = irp->AssociatedIrp.SystemBuffer;
  if (!v->online) return STATUS_DEVICE_NOT_READY;
  if (at < 0 || ((ULONG)at & 511) != 0 || (length & 511) != 0) return STATUS_INVALID_PARAMETER;
  if (at >= TEST_VOLUME_BYTES) return writes ? STATUS_DISK_FULL : STATUS_END_OF_FILE;
  if (length > TEST_VOLUME_BYTES - at) length = (ULONG)(TEST_VOLUME_BYTES - at);
  if (length != 0 && buffer == NULL) return STATUS_INVALID_USER_BUFFER;
  if (v->disk == NULL) v->disk = ExAllocatePoolWithTag(NonPagedPool, TEST_VOLUME_BYTES, TAG);
  if (v->disk == NULL) return STATUS_INSUFFICIENT_RESOURCES;
  if (writes) {
    RtlCopyMemory(v->disk + at, buffer, length);
  } else {
    RtlCopyMemory(buffer, v->disk + at, length);
  }
  *size = length;
  return STATUS_SUCCESS;
}

/* A fixed answer, of `length` bytes. */
static NTSTATUS answer(IRP *irp, const IO_STACK_LOCATION *stack, const void *data, ULONG length,
                       ULONG_PTR *size) {
  if (stack->Parameters.DeviceIoControl.OutputBufferLength < length) {
    return STATUS_BUFFER_TOO_SMALL;
  }
  RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, data, length);
  *size = length;
  return STATUS_SUCCESS;
}

static BOOLEAN has_input(const IO_STACK_LOCATION *stack, ULONG length) {
  return stack->Parameters.DeviceIoControl.InputBufferLength >= length;
}

/* What a volume answers whether it is online or not. */
static BOOLEAN control_state(volume *v, FILE_OBJECT *file, ULONG code, NTSTATUS *status) {
  *status = STATUS_SUCCESS;
  switch (code) {
    case VOLUME_SUPPORTS_ONLINE_OFFLINE:
      return TRUE;
    case VOLUME_ONLINE:
      v->online = TRUE;
      return TRUE;
    case VOLUME_OFFLINE: /* twice is harmless; a mounted one must be dismounted first */
      if (v->online && v->mounted) *status = STATUS_ACCESS_DENIED;
      if (!v->mounted) v->online = FALSE;
      return TRUE;
    case VOLUME_IS_OFFLINE:
      if (v->online) *status = STATUS_UNSUCCESSFUL;
      return TRUE;
    case VOLUME_LOCK:
      if (v->open_files > 0 || (v->locked_by != NULL && v->locked_by != file)) {
        *status = STATUS_ACCESS_DENIED;
      } else {
        v->locked_by = file;
      }
      return TRUE;
    case VOLUME_UNLOCK:
      if (v->locked_by != file) *status = STATUS_NOT_LOCKED;
      if (v->locked_by == file) v->locked_by = NULL;
      return TRUE;
    case VOLUME_DISMOUNT:
      if (v->locked_by != NULL && v->locked_by != file) {
        *status = STATUS_ACCESS_DENIED;
      } else {
        v->mounted = FALSE;
        v->dismounted_by = file;
        v->open_files = 0;
      }
      return TRUE;
    default:
      return FALSE;
  }
}

static NTSTATUS control_online(volume *v, IRP *irp, IO_STACK_LOCATION *stack, ULONG code,
                               ULONG_PTR *size) {
  const ULONG disk = TEST_DISK(v->index);
  const LONGLONG begins = 1024 * 1024;
  UCHAR *buffer = irp->AssociatedIrp.SystemBuffer;
  switch (code) {
    case VOLUME_IS_IO_CAPABLE:
    case VOLUME_IS_CLUSTERED:
    case VOLUME_IS_PARTITION:
    case VOLUME_UPDATE_PROPERTIES:
    case VOLUME_POST_ONLINE:
    case STORAGE_CHECK_VERIFY2:
      return STATUS_SUCCESS;
    case VOLUME_IS_MOUNTED:
      return v->mounted ? STATUS_SUCCESS : (NTSTATUS)0xc000026e; /* VOLUME_DISMOUNTED */
    case VOLUME_IS_DYNAMIC: {
      const BOOLEAN no = FALSE;
      return answer(irp, stack, &no, sizeof no, size);
    }
    case VOLUME_IS_CSV: {
      const BOOLEAN shared = (v->is & TEST_IS_SHARED) != 0;
      return answer(irp, stack, &shared, sizeof shared, size);
    }
    case DISK_GET_DRIVE_LAYOUT_EX: { /* GPT, and no partition that is worth telling */
      struct { ULONG style, count; UCHAR disk_id[16]; } layout = {1, 0, {0}};
      layout.disk_id[0] = (UCHAR)disk;
      layout.disk_id[15] = 0xee;
      return answer(irp, stack, &layout, sizeof layout, size);
    }
    case SCSI_GET_ADDRESS: { /* length, then port, path, target, unit */
      const UCHAR address[8] = {8, 0, 0, 0, 2, 0, 1, 3};
      return answer(irp, stack, address, sizeof address, size);
    }
    case DISK_IS_CLUSTERED: {
      const BOOLEAN yes = TRUE;
      return answer(irp, stack, &yes, sizeof yes, size);
    }
    case VOLUME_IS_DIRTY: {
      const ULONG dirty = (v->is & TEST_IS_DIRTY) != 0;
      return answer(irp, stack, &dirty, sizeof dirty, size);
    }
    case VOLUME_QUERY_FAILOVER_SET: {
      const ULONG set[2] = {1, disk};
      return answer(irp, stack, set, sizeof set, size);
    }
    case VOLUME_QUERY_NUMBER: { /* number, then 8 characters, blank padded */
      struct { ULONG number; WCHAR manager[8]; } number = {
          v->index + 1, {'T', 'i', 'd', 'e', ' ', ' ', ' ', ' '}};
      return answer(irp, stack, &number, 20, size);
    }
    case VOLUME_GET_DISK_EXTENTS: {
      struct { ULONG count, pad; ULONG disk, pad2; LONGLONG at, length; } extents = {
          1, 0, disk, 0, begins, TEST_VOLUME_BYTES};
      return answer(irp, stack, &extents, sizeof extents, size);
    }
    case VOLUME_LOGICAL_TO_PHYSICAL: {
      struct { ULONG count, pad; ULONG disk, pad2; LONGLONG at; } place = {1, 0, disk, 0, 0};
      if (!has_input(stack, 8)) return STATUS_INVALID_PARAMETER;
      place.at = *(LONGLONG *)buffer + begins;
      return answer(irp, stack, &place, sizeof place, size);
    }
    case VOLUME_PHYSICAL_TO_LOGICAL: {
      LONGLONG at;
      if (!has_input(stack, 16)) return STATUS_INVALID_PARAMETER;
      at = *(LONGLONG *)(buffer + 8) - begins;
      if (*(ULONG *)buffer != disk || at < 0 || at >= TEST_VOLUME_BYTES) {
        return STATUS_INVALID_PARAMETER;
      }
      return answer(irp, stack, &at, sizeof at, size);
    }
    case VOLUME_GET_GPT_ATTRIBUTES:
      return answer(irp, stack, &v->gpt_attributes, 8, size);
    case VOLUME_SET_GPT_ATTRIBUTES:
      if (!has_input(stack, 16)) return STATUS_INVALID_PARAMETER;
      v->gpt_attributes = *(ULONGLONG *)buffer;
      return STATUS_SUCCESS;
    case DISK_GET_ATTRIBUTES: {
      struct { ULONG version, pad; ULONGLONG attributes; } disk_attributes = {
          16, 0, v->disk_attributes};
      return answer(irp, stack, &disk_attributes, sizeof disk_attributes, size);
    }
    case DISK_SET_ATTRIBUTES: /* version, persist, attributes at 8, mask at 16 */
      if (!has_input(stack, 40)) return STATUS_INVALID_PARAMETER;
      v->disk_attributes = (v->disk_attributes & ~*(ULONGLONG *)(buffer + 16)) |
                           (*(ULONGLONG *)(buffer + 8) & *(ULONGLONG *)(buffer + 16));
      return STATUS_SUCCESS;
    case DISK_GET_LENGTH: {
      const LONGLONG length = TEST_VOLUME_BYTES;
      return answer(irp, stack, &length, sizeof length, size);
    }
    case STORAGE_GET_DEVICE_NUMBER: {
      const ULONG number[3] = {7 /* FILE_DEVICE_DISK */, disk, 1};
      return answer(irp, stack, number, sizeof number, size);
    }
    default:
      v->seen.unknown++;
      return STATUS_INVALID_DEVICE_REQUEST;
  }
}

static NTSTATUS perform(volume *v, IRP *irp, ULONG_PTR *size) {
  IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
  const ULONG op = op_of(stack);
  NTSTATUS status;
  if (v->gone) return STATUS_DEVICE_NOT_CONNECTED;
  if (op == TEST_OP_READ || op == TEST_OP_WRITE) return transfer(v, irp, stack, size);
  if (op != TEST_OP_FLUSH && control_state(v, stack->FileObject, op, &status)) return status;
  if (op == STORAGE_PERSISTENT_RESERVE_IN && has_input(stack, 12)) { /* the disk is never offline */
    UCHAR found[32];
    const ULONG length = reserve_in(v->index, irp->AssociatedIrp.SystemBuffer, found);
    return answer(irp, stack, found, length, size);
  }
  if (op == STORAGE_PERSISTENT_RESERVE_OUT && has_input(stack, 12)) {
    return reserve_out(v->index, irp->AssociatedIrp.SystemBuffer,
                       stack->Parameters.DeviceIoControl.InputBufferLength);
  }
  if (!v->online) return STATUS_DEVICE_NOT_READY; /* documented: all else fails while offline */
  return op == TEST_OP_FLUSH ? STATUS_SUCCESS : control_online(v, irp, stack, op, size);
}

/* --- The control device. --- */

static void reset(volume *v) {
  KIRQL level;
  release(v, STATUS_CANCELLED);
  KeAcquireSpinLock(&v->lock, &level);
  RtlZeroMemory(v->faults, sizeof v->faults);
  {
    const ULONG hanging = v->seen.hanging;
    RtlZeroMemory(&v->seen, sizeof v->seen);
    v->seen.hanging = hanging;
  }
  v->online = TRUE;
  v->mounted = v->gone = FALSE;
  v->open_files = v->is = 0;
  v->gpt_attributes = v->disk_attributes = 0;
  forget_reservations(v->index);
  v->locked_by = v->dismounted_by = NULL;
  KeReleaseSpinLock(&v->lock, level);
  if (v->disk != NULL) RtlZeroMemory(v->disk, TEST_VOLUME_BYTES);
}

static NTSTATUS add_fault(volume *v, const struct test_fault *fault) {
  NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
  ULONG i;
  KIRQL level;
  KeAcquireSpinLock(&v->lock, &level);
  for (i = 0; i < MAX_FAULTS && status != STATUS_SUCCESS; i++) {
    if (v->faults[i].mode != 0) continue;
    v->faults[i] = *fault;
    status = STATUS_SUCCESS;
  }
  KeReleaseSpinLock(&v->lock, level);
  return status;
}

static NTSTATUS command(IRP *irp, IO_STACK_LOCATION *stack, ULONG_PTR *size) {
  struct test_request *request = irp->AssociatedIrp.SystemBuffer;
  volume *v;
  if (!has_input(stack, sizeof *request)) return STATUS_INVALID_PARAMETER;
  if (request->volume >= TEST_VOLUMES) return STATUS_INVALID_PARAMETER;
  v = volumes[request->volume];
  switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case TEST_ADD_FAULT:
      if (!has_input(stack, sizeof(struct test_fault))) return STATUS_INVALID_PARAMETER;
      return add_fault(v, irp->AssociatedIrp.SystemBuffer);
    case TEST_RELEASE:
      release(v, (NTSTATUS)request->value);
      return STATUS_SUCCESS;
    case TEST_STATE: {
      struct test_state state = v->seen;
      state.online = v->online;
      state.mounted = v->mounted;
      state.locked = v->locked_by != NULL;
      return answer(irp, stack, &state, sizeof state, size);
    }
    case TEST_RESET:
      reset(v);
      return STATUS_SUCCESS;
    case TEST_VANISH:
      v->gone = request->value != 0;
      if (v->gone) release(v, STATUS_DEVICE_NOT_CONNECTED);
      return STATUS_SUCCESS;
    case TEST_OPEN_FILES:
      v->open_files = request->value;
      return STATUS_SUCCESS;
    case TEST_IS:
      v->is = request->value;
      return STATUS_SUCCESS;
    default:
      return STATUS_INVALID_DEVICE_REQUEST;
  }
}

/* --- Dispatch. --- */

static NTSTATUS NTAPI on_create(DEVICE_OBJECT *device, IRP *irp) {
  volume *v = device->DeviceExtension;
  if (device == control_device) return complete(irp, STATUS_SUCCESS, 0);
  v->seen.opened++;
  if (v->gone) return complete(irp, STATUS_NO_SUCH_DEVICE, 0);
  if (v->online && v->dismounted_by == NULL) v->mounted = TRUE; /* the next open mounts it */
  return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI on_close(DEVICE_OBJECT *device, IRP *irp) {
  volume *v = device->DeviceExtension;
  FILE_OBJECT *file = IoGetCurrentIrpStackLocation(irp)->FileObject;
  if (device != control_device) {
    v->seen.closed++;
    if (v->locked_by == file) v->locked_by = NULL;
    if (v->dismounted_by == file) v->dismounted_by = NULL;
  }
  return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI on_request(DEVICE_OBJECT *device, IRP *irp) {
  volume *v = device->DeviceExtension;
  IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
  struct test_fault fault;
  ULONG_PTR size = 0;
  NTSTATUS status;
  if (device == control_device) {
    status = command(irp, stack, &size);
    return complete(irp, status, size);
  }
  v->seen.requests++;
  if (stack->MajorFunction == IRP_MJ_READ) v->seen.reads++;
  if (!v->gone && take_fault(v, op_of(stack), &fault)) {
    if (fault.mode == TEST_FAIL) return complete(irp, (NTSTATUS)fault.status, 0);
    return pend(v, irp, &fault);
  }
  status = perform(v, irp, &size);
  return complete(irp, status, size);
}

/* --- Making and removing. --- */

static void set_digits(WCHAR *at, ULONG n, ULONG base, ULONG digits) {
  while (digits-- > 0) {
    at[digits] = (WCHAR)((n % base < 10 ? '0' : 'a' - 10) + n % base);
    n /= base;
  }
}

/* The names of volume n and of its disk; decimal ones have three digits. */
struct names {
  WCHAR device[32], dos[32], guid[64], disk[40];
  UNICODE_STRING device_name, dos_name, guid_name, disk_name;
};

static void make_names(struct names *names, ULONG n) {
  static const WCHAR device[] = L"\\Device\\TidegateVol000";
  static const WCHAR dos[] = L"\\DosDevices\\TestVol000";
  static const WCHAR guid[] = L"\\DosDevices\\Volume{71de6a7e-0000-4000-8000-000000000000}";
  static const WCHAR disk[] = L"\\DosDevices\\PhysicalDrive000";
  RtlCopyMemory(names->disk, disk, sizeof disk);
  set_digits(names->disk + 25, TEST_DISK(n), 10, 3);
  RtlInitUnicodeString(&names->disk_name, names->disk);
  RtlCopyMemory(names->device, device, sizeof device);
  RtlCopyMemory(names->dos, dos, sizeof dos);
  RtlCopyMemory(names->guid, guid, sizeof guid);
  set_digits(names->device + 19, n, 10, 3);
  set_digits(names->dos + 19, n, 10, 3);
  set_digits(names->guid + 53, n, 16, 2);
  RtlInitUnicodeString(&names->device_name, names->device);
  RtlInitUnicodeString(&names->dos_name, names->dos);
  RtlInitUnicodeString(&names->guid_name, names->guid);
}

static NTSTATUS make_volume(DRIVER_OBJECT *driver, ULONG n) {
  struct names names;
  DEVICE_OBJECT *device;
  volume *v;
  NTSTATUS status;
  make_names(&names, n);
  status = IoCreateDevice(driver, sizeof *v, &names.device_name, 7, 0, FALSE, &device);
  if (status != STATUS_SUCCESS) return status;
  v = volumes[n] = device->DeviceExtension;
  RtlZeroMemory(v, sizeof *v);
  v->device = device;
  v->index = n;
  v->online = TRUE;
  KeInitializeSpinLock(&v->lock);
  InitializeListHead(&v->pended);
  device->Flags |= DO_BUFFERED_IO;
  device->Flags &= ~DO_DEVICE_INITIALIZING;
  status = IoCreateSymbolicLink(&names.dos_name, &names.device_name);
  if (status == STATUS_SUCCESS) {
    status = IoCreateSymbolicLink(&names.guid_name, &names.device_name);
  }
  if (status != STATUS_SUCCESS || TEST_DISK(n) < TEST_DISK_NAMED) return status;
  return IoCreateSymbolicLink(&names.disk_name, &names.device_name);
}

static NTSTATUS make_control(DRIVER_OBJECT *driver) {
  UNICODE_STRING name, link;
  NTSTATUS status;
  RtlInitUnicodeString(&name, L"\\Device\\TidegateTest");
  RtlInitUnicodeString(&link, L"\\DosDevices\\TidegateTest");
  status = IoCreateDevice(driver, 0, &name, 0x22, 0, FALSE, &control_device);
  if (status != STATUS_SUCCESS) return status;
  control_device->Flags |= DO_BUFFERED_IO;
  control_device->Flags &= ~DO_DEVICE_INITIALIZING;
  return IoCreateSymbolicLink(&link, &name);
}

static VOID NTAPI on_unload(DRIVER_OBJECT *driver) {
  UNICODE_STRING link;
  ULONG n;
  (void)driver;
  RtlInitUnicodeString(&link, L"\\DosDevices\\TidegateTest");
  IoDeleteSymbolicLink(&link);
  if (control_device != NULL) IoDeleteDevice(control_device);
  for (n = 0; n < TEST_VOLUMES; n++) {
    struct names names;
    if (volumes[n] == NULL) continue;
    make_names(&names, n);
    release(volumes[n], STATUS_CANCELLED);
    IoDeleteSymbolicLink(&names.dos_name);
    IoDeleteSymbolicLink(&names.guid_name);
    if (TEST_DISK(n) >= TEST_DISK_NAMED) IoDeleteSymbolicLink(&names.disk_name);
    if (volumes[n]->disk != NULL) ExFreePoolWithTag(volumes[n]->disk, TAG);
    IoDeleteDevice(volumes[n]->device);
  }
}

NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT *driver, UNICODE_STRING *registry_path) {
  NTSTATUS status = STATUS_SUCCESS;
  ULONG n;
  (void)registry_path;
  driver->MajorFunction[IRP_MJ_CREATE] = on_create;
  driver->MajorFunction[IRP_MJ_CLOSE] = on_close;
  driver->MajorFunction[IRP_MJ_READ] = on_request;
  driver->MajorFunction[IRP_MJ_WRITE] = on_request;
  driver->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = on_request;
  driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_request;
  driver->MajorFunction[IRP_MJ_FILE_SYSTEM_CONTROL] = on_request;
  driver->DriverUnload = on_unload;
  for (n = 0; n < TEST_VOLUMES && status == STATUS_SUCCESS; n++) status = make_volume(driver, n);
  return status != STATUS_SUCCESS ? status : make_control(driver);
}
