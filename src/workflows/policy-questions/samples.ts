/** Questions about the policies of the made-up company, written by its ISMS manager and approved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';
import { selectPolicies, selectSections } from '../../isms/policy-question/policy.ts';
import {
  approveQuestion,
  draftQuestion,
  policyQuestions,
} from '../../isms/policy-question/policy-question.ts';
import { dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectOptionalByEmail } from '../../records/person.ts';
import { changeSetting, forgetSetting } from '../../records/setting.ts'; // prettier-ignore

const Sample = z.strictObject({
  policy: z.string(),
  section: z.string(),
  ask: z.string(),
  right: z.string(),
  wrong: z.array(z.string()),
  why: z.string(),
  words: z.string(),
});

export const policyQuestionSamples: RoomSamples = { load, remove, letGo };

/** Days before the one on which they are loaded. */
const daysAgo = 20;

async function load(tx: Queryable, folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await policyQuestions.selectWhere(tx, 'true')).length > 0) return;
  const at = new Date(now.getTime() - daysAgo * 86_400_000);
  const command: CommandContext = { actor: ines, at, inputId: null, link: null };
  const policies = await selectPolicies(tx, dayOf(at, 'UTC'));
  const samples = z
    .array(Sample)
    .parse(parse(readFileSync(join(folder, 'questions-of-policies.yaml'), 'utf8')));
  for (const { policy: reference, section: number, right, wrong, words, ...text } of samples) {
    const policy = policies.find((each) => each.reference === reference);
    const sections = policy === undefined ? [] : await selectSections(tx, policy.versionId);
    const section = sections.find((each) => each.number === number);
    if (policy === undefined || section === undefined) continue;
    const whole = { ...text, rightAnswer: right, wrongAnswers: wrong, shownBy: words };
    const question = await draftQuestion(tx, command, { policy, section }, whole, 'person');
    await approveQuestion(tx, command, question);
  }
  await changeSetting(tx, 'acknowledgement.questions', asked, `person:${ines.id}`, at);
}

/** One is asked before the access policy is acknowledged. */
const asked = { count: 0, of: { 'POL-03': 1 } };

/** Questions about other policies stay, whoever approved them: their names stand beside. */
async function remove(tx: Queryable, { people }: SampleScope): Promise<SamplesRemoved> {
  await forgetSetting(tx, 'acknowledgement.questions', asked);
  await tx.query('update policy_question set state_by = null where state_by = any($1)', [people]);
  return { counts: {}, text: null, known: [], kept: [] };
}

/** A question goes with the text that it is about. */
async function letGo(tx: Queryable, { versions = [] }: { versions?: readonly number[] }): Promise<void> {
  await tx.query(
    'delete from policy_question where section_id in (select id from section where version_id = any($1))',
    [versions],
  );
}
