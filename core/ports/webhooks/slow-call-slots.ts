/** The slots for slow calls to receivers, which all processes and all tenants share. Times are epoch milliseconds. */
export interface SlowCallSlots {
  /** When each slot is free again; a slot that is free may be absent. Strongly consistent. */
  read(): Promise<Readonly<Record<number, number>>>;
  /** Takes a slot until a time, if it is free now; returns whether it was free. */
  take(slot: number, lease: { readonly now: number; readonly until: number }): Promise<boolean>;
  /** Frees a slot that was taken until this time, unless another call has taken it since. */
  free(slot: number, until: number): Promise<void>;
}
