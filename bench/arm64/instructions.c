/* A QEMU user-mode plugin (plugin API 1, QEMU 7.2) that counts the guest's instructions.
 *
 * The guest asks for the count by the system call getppid, which nothing else in a measured stretch makes: each call writes
 * "instructions N", the total so far, on stderr. The difference of two totals is what lay between, the asking included.
 *
 * The declarations are QEMU's own, copied here because Debian's package ships no qemu-plugin.h.
 * Build: cc -O2 -shared -fPIC -o libinstructions.so instructions.c
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { ARM64_GETPPID = 173, INLINE_ADD_U64 = 0 };

typedef uint64_t plugin_id;
struct qemu_plugin_tb;

typedef void (*on_translate)(plugin_id, struct qemu_plugin_tb *);
typedef void (*on_syscall)(plugin_id, unsigned int cpu, int64_t number, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                           uint64_t, uint64_t, uint64_t);

extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_translate);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int operation, void *counter, uint64_t step);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, on_syscall);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t executed; /* plain, not atomic: exact as long as the guest runs one thread */

static void count_block(plugin_id id, struct qemu_plugin_tb *block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &executed, qemu_plugin_tb_n_insns(block));
}

static void answer(plugin_id id, unsigned int cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                   uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
  (void)id, (void)cpu, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
  if (number == ARM64_GETPPID) fprintf(stderr, "instructions %" PRIu64 "\n", executed);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  (void)info, (void)argc, (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
  qemu_plugin_register_vcpu_syscall_cb(id, answer);
  return 0;
}
