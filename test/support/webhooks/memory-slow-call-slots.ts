import type { SlowCallSlots } from '../../../core/ports/webhooks/slow-call-slots.ts';

/** The in-memory slots for slow calls. */
export function memorySlowCallSlots(): SlowCallSlots {
  const slots = new Map<number, number>();
  return {
    read: async () => Object.fromEntries(slots),
    async take(slot, { now, until }) {
      if ((slots.get(slot) ?? 0) > now) return false;
      slots.set(slot, until);
      return true;
    },
    async free(slot, until) {
      if (slots.get(slot) === until) slots.delete(slot);
    },
  };
}
