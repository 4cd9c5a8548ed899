/**
 * Runs checks by name, one after the other, prints a line for each, and makes this process exit with 1 when a check failed.
 * `afterEach` runs however a check ends.
 */
export async function runChecks(
  checks: Readonly<Record<string, () => Promise<void>>>,
  afterEach?: () => Promise<void>,
): Promise<void> {
  let faults = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`right  ${name}`);
    } catch (error) {
      faults += 1;
      console.log(`WRONG  ${name}\n`, error);
    } finally {
      await afterEach?.();
    }
  }
  console.log(`${Object.keys(checks).length} checks, ${faults} failed`);
  if (faults > 0) process.exitCode = 1;
}
