import type { CloudModel } from '../cloud.ts';

/** Name of a bus given by name or by ARN. */
export function busNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':event-bus/')[1] ?? nameOrArn) : nameOrArn;
}

/** Names of the buses there are: the account's default one and those of the template. */
export function busNames(model: CloudModel): readonly string[] {
  return ['default', ...model.ofType('AWS::Events::EventBus').map((bus) => busNameOf(bus.ref))];
}

/** ARN of a bus. Throws naming `where` when the template has no such bus. */
export function busArnOf(model: CloudModel, name: string, where: string): string {
  if (!busNames(model).includes(name)) throw new Error(`${where}: event bus ${name} does not exist`);
  return `arn:aws:events:${model.region}:${model.accountId}:event-bus/${name}`;
}
