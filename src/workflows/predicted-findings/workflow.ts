/** «What would an auditor find today?»: the report that they would write, from rules over the records, for those who can act on it. */
import type { Context, Outcome, Turn, Workflow } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import { toAsker } from '../../dialogue/command.ts';
import { pageIn } from '../../dialogue/list.ts';
import { words } from '../../language/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { findingCard, reportCard } from './cards.ts';
import { room } from './phrases.ts';
import { raiseFinding } from './raise.ts';
import { readsAll } from './reader.ts';
import { readRequest } from './read-request.ts';
import { sendFindings, sendReport } from './report.ts';
import { mine, predictedFindingsTools } from './tools.ts';

export function createPredictedFindingsWorkflow({ db }: Dependencies): Workflow {
  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    if (attachments.length > 0) return null;
    const { person, now } = context;
    const asked = readRequest(text, { now, timeZone: person.timeZone, locale: person.locale });
    if (asked === undefined) return null;
    return mine(context, async (tx) => toAsker(await reportCard(tx, context, asked.day)));
  }

  return {
    name: room,
    offer: {
      text: 'I write the report that an auditor would write today.',
      examples: ['What would an auditor find today?'],
      to: readsAll,
    },
    tools: predictedFindingsTools(db),
    instructions: prompt('predicted-findings'),
    subject: 'what an auditor would find in our records today',
    mayConcern: words('rooms/predicted-findings').has,
    claim,
    actions: {
      [`${room}.show`]: async (tx, context, { argument }) =>
        toAsker(await reportCard(tx, context, argument('day') || null, pageIn(argument))),
      [`${room}.look`]: async (tx, context, { argument }) =>
        toAsker(await findingCard(tx, context, argument('finding'), argument('day') || null)),
      [`${room}.raise`]: (tx, context, { argument }) => raiseFinding(tx, context, argument('finding')),
      [`${room}.report`]: (tx, context, { argument }) => sendReport(tx, context, argument('day') || null),
      [`${room}.export`]: (tx, context, { argument }) => sendFindings(tx, context, argument),
    },
  };
}
