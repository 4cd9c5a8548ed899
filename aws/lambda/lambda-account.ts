import type { LambdaAccount } from '../../core/ports/account-limits.ts';
import type { LazyLambdaClient } from '../clients/lambda-client.ts';

/**
 * Reads the limits of the account from Lambda.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
export function lambdaAccount(client: LazyLambdaClient): LambdaAccount {
  return {
    async unreservedConcurrency() {
      const { AccountLimit } = await (await client()).getAccountSettings({});
      const concurrency = AccountLimit?.UnreservedConcurrentExecutions;
      if (concurrency === undefined)
        throw new Error('The response of GetAccountSettings has no UnreservedConcurrentExecutions');
      return concurrency;
    },
  };
}
