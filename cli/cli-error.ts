/** An error that the user can mend: the message is printed without a stack, and the command ends with the status. */
export class CliError extends Error {
  readonly exitStatus: 1 | 2;

  /** @param exitStatus 2 if the command was used wrongly, otherwise 1 */
  constructor(message: string, exitStatus: 1 | 2 = 1) {
    super(message);
    this.exitStatus = exitStatus;
  }
}
