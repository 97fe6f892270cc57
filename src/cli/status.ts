/** The operator's commands that show what became of messages, and give a second try to what went wrong. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { resendAll, resendDelivery, runInputAgain } from '../conversation/resend.ts';
import { OperatorError } from '../errors.ts';
import { statusText } from './status-text.ts';

interface Flags {
  data?: string;
  now?: string;
}
type WithApp = (flags: Flags, work: (app: App) => Promise<void>) => Promise<void>;

export function addStatusCommands(
  command: (name: string, description: string) => Command,
  withApp: WithApp,
): void {
  command('status', 'what is waiting, and what an operator should look at').action((flags: Flags) =>
    withApp(flags, async ({ db }) => void process.stdout.write(await statusText(db))),
  );

  command('resend', 'send again what failed or is unknown, and run again what is dead; isma status lists it')
    .argument('<what>', 'delivery, input, or all: everything that failed or is dead')
    .argument('[number]', 'which one')
    .option(
      '--even-twice',
      'send also what may have arrived: where the platform cannot say, the person may see it twice',
    )
    .action((what: string, number: string | undefined, flags: Flags & { evenTwice?: boolean }) =>
      withApp(flags, async ({ db, clock }) => {
        const operator = { actor: 'system:resend', at: clock() };
        const evenTwice = flags.evenTwice === true;
        const said = await db.transaction(async (tx) => {
          if (what === 'all' && number === undefined) {
            const { deliveries, inputs } = await resendAll(tx, operator, evenTwice);
            return `Deliveries sent again: ${deliveries}; inputs run again: ${inputs}.`;
          }
          if (what !== 'delivery' && what !== 'input')
            throw new OperatorError(`isma resend takes delivery, input or all; not «${what}».`);
          const id = Number(number);
          if (!Number.isSafeInteger(id) || id < 1)
            throw new OperatorError(`Say which ${what}, by the number that "isma status" prints.`);
          if (what === 'input') await runInputAgain(tx, id, operator);
          else await resendDelivery(tx, id, operator, evenTwice);
          return what === 'input' ? `Input ${id} runs again.` : `Delivery ${id} is sent again.`;
        });
        process.stdout.write(`${said} The service does it as soon as it runs.\n`);
      }),
    );
}
