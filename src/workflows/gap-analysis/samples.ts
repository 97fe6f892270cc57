/** Gap analyses of the made-up company: a quick scan that was finished in March, and a part that is being looked at. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import { keepAnswer, selectNext } from '../../isms/assessment/answer.ts';
import {
  ask,
  finishAssessment,
  moveAssignment,
  saveCursor,
  type Assignment,
} from '../../isms/assessment/assignment.ts';
import {
  assessments,
  beginAssessment,
  openAssessment,
  selectBank,
  type Assessment,
} from '../../isms/assessment/assessment.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { delegate } from '../../isms/assessment/delegate.ts';
import { confirmProfile, openProfile, profileQuestions, saveProfile } from '../../isms/assessment/profile.ts';
import type { InterviewAnswer } from '../../records/interview-answer.ts';
import { placedIn, routineOf, scopeInWords, type Scope } from '../../isms/assessment/questions.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectOptionalByEmail } from '../../records/person.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';

/** Of the company, by the questions that it was asked. */
const company: Record<string, string> = {
  size: 'medium', sites: 'many', rooms: 'own', software: 'own', it: 'own', data: 'others', behalf: 'no', sector: 'other', goal: 'certified',
}; // prettier-ignore
/** Days from the one on which it is loaded to its audit. */
const daysToAudit = 100;
/** How well it did, question by question, over and over: places of the choices, the first being the best. */
const march = [0, 1, 0, 3, 0, 2, 0, 1];
const lately = [1, 0, 2];

export const gapSamples: RoomSamples = { load, remove };

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  const hugo = await selectOptionalByEmail(tx, 'hugo@demo.example');
  const known = await assessments.selectWhere(tx, 'true');
  if (ines === null || hugo === null || known.length > 0) return;
  const year = now.getUTCFullYear() - (now.getUTCMonth() < 3 ? 1 : 0);
  const by = (at: Date): CommandContext => ({ actor: ines, at, inputId: null, link: null });
  const then = by(new Date(Date.UTC(year, 2, 12, 9)));
  const scan = await begun(tx, then, 'quick', dayOf(now, 'UTC'));
  await answerSome(tx, then, scan.own, scan.assessment, march, Infinity);
  await saveCursor(tx, { ...scan.own, proven: 'partly' });
  await moveAssignment(tx, then, scan.own, 'submit');
  await finishAssessment(tx, then, await assessments.lock(tx, scan.assessment.id));

  const week = by(new Date(now.getTime() - 7 * 86_400_000));
  const access = await begun(tx, week, 'theme:access', dayOf(now, 'UTC'));
  const part = { scope: 'part:A.5.18' as const, people: [{ id: hugo.id, part: 'doer' as const }], word: null };
  await delegate(tx, week, access.assessment, { ...part, dueOn: addDays(dayOf(now, 'UTC'), 7) });
  await answerSome(tx, week, access.own, access.assessment, lately, lately.length);
} // prettier-ignore

async function begun(tx: Queryable, command: CommandContext, scope: Scope, today: string): Promise<{ assessment: Assessment; own: Assignment }> {
  const given: InterviewAnswer[] = [];
  for (let [next] = profileQuestions(given); next !== undefined; next = profileQuestions(given)[given.length]) {
    const choice = next.choices?.find(({ as }) => as === company[next?.id ?? '']);
    const words = choice?.en ?? addDays(today, daysToAudit);
    given.push({ of: next.id, asked: next.ask.en, choice: choice?.as ?? null, skipped: null, words, read: null });
  }
  const told = await saveProfile(tx, command, { ...(await openProfile(tx, command)), given });
  const profile = await confirmProfile(tx, command, told);
  const bank = questionBank();
  const draft = await openAssessment(tx, command, scope, null);
  const assessment = await beginAssessment(tx, command, draft, profile, bank);
  const all = { personId: command.actor.id, part: 'lead' as const, about: scopeInWords(scope, bank), dueOn: null };
  const own = await ask(tx, command, assessment, { ...all, criteria: [...placedIn(bank).keys()] });
  if (own === null) throw new Error(`the made-up company is asked nothing about ${scope}`);
  return { assessment, own };
} // prettier-ignore

async function answerSome(tx: Queryable, command: CommandContext, own: Assignment, assessment: Assessment, pattern: readonly number[], most: number): Promise<void> {
  const placed = placedIn(await selectBank(tx, assessment));
  for (let count = 0; count < most; count += 1) {
    const asked = await selectNext(tx, own);
    const at = placed.get(asked?.criterion ?? '');
    if (asked === null || at === undefined) return;
    const { choices } = at.criterion;
    const choice = choices[Math.min(pattern[count % pattern.length] ?? 0, choices.length - 1)];
    if (choice === undefined) return;
    const { as, en: words, defined = null, practised = null } = choice;
    const step = { of: at.name, asked: routineOf(at.criterion, assessment.profile).en, choice: as, skipped: null, words, read: null };
    const proven = assessment.scope === 'quick' || practised === 'no' ? null : 'partly';
    await keepAnswer(tx, command, own, asked, { state: 'answered', steps: [step], defined, practised, proven });
  }
} // prettier-ignore

/** What hangs on an assessment, and the expression that leads there; in an order in which it can be deleted. */
const hanging = {
  work_package_wait: '(select assessment_id from work_package where work_package.id = package_id)',
  work_package: 'assessment_id',
  assignment_criterion: '(select assessment_id from assignment where assignment.id = assignment_id)',
  assessment_criterion: 'assessment_id',
  assessment_answer: 'assessment_id',
  assignment: 'assessment_id',
  assessment: 'id',
} as const;

const Sample = z.object({ id: z.number(), reference: z.string(), by: z.array(z.string()) });

/** What real people lead, were asked or answered stays; so do the profile and the questions that it needs. */
async function remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const samples = await selectAll(
    tx,
    Sample,
    `select id, reference, array(select distinct person.name from person where not person.id = any($1) and (
         exists (select from assignment where assessment_id = assessment.id and person_id = person.id)
         or exists (select from assessment_answer where assessment_id = assessment.id and by_id = person.id)
         or exists (select from work_package where assessment_id = assessment.id and (owner_id = person.id or created_by = person.id))
       ) order by person.name) as by
     from assessment where lead_id = any($1) order by id for update`,
    [people],
  );
  const { gone, known, kept } = partSamples(samples.map((sample) => ({ ...sample, title: 'a gap analysis' })), scope);
  for (const [table, way] of Object.entries(hanging))
    await tx.query(`delete from ${table} where ${way} = any($1)`, [gone]);
  const evidence = gone.map((id) => `assessment:${id}`);
  await deleteEvidenceOf(tx, evidence);
  await tx.query('delete from organisation_profile where person_id = any($1) and not exists (select from assessment where profile_id = organisation_profile.id)', [people]);
  return {
    counts: { assessments: gone.length },
    text: gone.length === 0 ? null : `${gone.length} gap analyses; their numbers are not given out again`,
    known,
    kept,
  };
} // prettier-ignore
