import type { CloudModel } from '../cloud.ts';

/** Returns the name of a bus given by name or ARN. */
export function busNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':event-bus/')[1] ?? nameOrArn) : nameOrArn;
}

/** Returns the names of all buses: the account's default bus and those of the template. */
export function busNames(model: CloudModel): readonly string[] {
  return ['default', ...model.ofType('AWS::Events::EventBus').map((bus) => busNameOf(bus.ref))];
}

/** Returns the ARN of a bus. Throws an error that names `where` if the bus does not exist. */
export function busArnOf(model: CloudModel, name: string, where: string): string {
  if (!busNames(model).includes(name)) throw new Error(`${where}: event bus ${name} does not exist`);
  return `arn:aws:events:${model.region}:${model.accountId}:event-bus/${name}`;
}
