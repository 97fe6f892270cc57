/** How many questions that a model drafts from the sample company's policies can be shown to stand in them: `npm run eval -- questions`. */
import { dayOf } from '../../src/language/calendar.ts';
import type { App } from '../../src/app/open-app.ts';
import type { Context } from '../../src/conversation/contract.ts';
import { selectPolicies } from '../../src/isms/policy-question/policy.ts';
import { selectOptionalByEmail } from '../../src/records/person.ts';
import { draftQuestions } from '../../src/workflows/policy-questions/draft.ts';
import { readWith } from './ratings-eval.ts';

/** In English and German, long and short. */
const policies = ['POL-03', 'POL-04', 'POL-06', 'POL-10', 'POL-15'];

/** @returns lines for people to read, each draft with the words that show it: a person judges what stands there */
export async function evaluateDrafts(app: App): Promise<string> {
  const now = app.clock();
  const person = await selectOptionalByEmail(app.db, 'ines@demo.example');
  if (person === null) throw new Error('The sample company is not loaded.');
  const place = { address: 'eval', audience: 'direct' as const, outsiders: false };
  const context: Context = { person, place, platform: 'eval', inputId: 0, now, repliesTo: null, newcomer: false, link: null, lane: 'model' }; // prettier-ignore
  const lines: string[] = [];
  let [kept, leftOut] = [0, 0];
  for (const policy of await selectPolicies(app.db, dayOf(now, 'UTC'))) {
    if (!policies.includes(policy.reference)) continue;
    const drafted = await draftQuestions({ ...app, read: async (_, { task, text, schema }) => readWith(app, schema)(task, text) }, context, policy); // prettier-ignore
    kept += drafted?.kept.length ?? 0;
    leftOut += drafted?.leftOut ?? 0;
    lines.push(`${policy.reference}: ${drafted?.kept.length ?? 0} kept, ${drafted?.leftOut ?? 0} left out`);
    for (const { text } of drafted?.kept ?? [])
      lines.push(`  ${text.ask}\n    ${text.rightAnswer} (not: ${text.wrongAnswers.join(' · ')})\n    «${text.shownBy ?? ''}»`); // prettier-ignore
  }
  return [`${kept} of ${kept + leftOut} drafts stand in their policies`, ...lines].join('\n');
}
