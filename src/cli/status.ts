/** The operator's commands that show what became of messages, and give a second try to what went wrong. */
import type { OpenedDatabase } from '../app/open-app.ts';
import { resendAll, resendDelivery, runInputAgain } from '../conversation/resend.ts';
import { OperatorError } from '../errors.ts';
import { statusText } from './status-text.ts';

export async function showStatus({ db }: OpenedDatabase): Promise<void> {
  process.stdout.write(await statusText(db));
}

export async function resend(
  { db, clock }: OpenedDatabase,
  what: string,
  number: string | undefined,
  { evenTwice = false }: { evenTwice?: boolean },
): Promise<void> {
  const operator = { actor: 'system:resend', at: clock() };
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
}
