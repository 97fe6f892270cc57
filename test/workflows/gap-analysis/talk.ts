/** What people in a gap analysis press and say, whatever the bank asks. */
import { questionBank, type ProfileTag } from '../../../src/isms/assessment/bank.ts';
import { criteriaIn, routineOf, type Placed, type Scope } from '../../../src/isms/assessment/questions.ts';
import { directAddress, type Harness } from '../../support/harness.ts';
import { sayIn } from '../../../src/language/wording.ts';

/** Answers to the questions about the organisation. */
export const aboutUs = [
  '10 to 49', 'At one site', 'Yes, at least some', 'No', 'Mostly our own people', 'Of customers or others too', 'No', 'None of these',
  'We prepare for it', '2027-03-12',
]; // prettier-ignore
const tags: ProfileTag[] = ['small', 'one-site', 'no-software', 'preparing'];

/** What an organisation of that profile is asked. */
export function askedIn(scope: Scope): Placed[] {
  return criteriaIn(questionBank(), scope, tags).filter(({ leftOut }) => leftOut === null).map(({ placed }) => placed); // prettier-ignore
}

/** The first question of a criterion, as it is asked of them. */
export function routine(placed: Placed | undefined, language: 'en' | 'de' = 'en'): string {
  return placed === undefined ? '–' : sayIn(routineOf(placed.criterion, tags), language);
}

export function talkIn(isma: () => Harness) {
  const shownTo = (email: string) =>
    isma()
      .delivered.filter(({ address }) => address === directAddress(email))
      .at(-1)?.reply;

  /** The newest button with that label. */
  async function press(email: string, label: string, fields?: Record<string, string>) {
    const { buttons = [], items = [] } = shownTo(email) ?? {};
    const all = [...buttons, ...items.flatMap(({ button }) => button ?? [])];
    const found = all.find((button) => button.label === label);
    if (found === undefined) throw new Error(`no «${label}» among ${all.map((each) => each.label).join(', ')}`);
    const said = await isma().press(email, found.id);
    const form = said.at(-1)?.reply.form;
    return fields === undefined || form == null ? said : isma().press(email, form.id, fields);
  } // prettier-ignore

  /** Each question answered with one of its choices, the last where there are fewer, until so many criteria are done. */
  async function answerAll(email: string, choice: number, criteria = Infinity) {
    const done = shownTo(email)?.progress?.done ?? 0;
    for (let step = 0; step < 400; step += 1) {
      const shown = shownTo(email);
      const chosen = (shown?.buttons ?? []).filter(({ id }) => id.includes('-choose'));
      if (shown?.progress == null || shown.progress.done >= done + criteria) return;
      if (chosen.length === 0) await isma().say(email, 'The ERP.');
      else await isma().press(email, chosen[Math.min(choice, chosen.length - 1)]?.id ?? '');
    }
  }

  async function begin(email: string, words: string) {
    await isma().say(email, words);
    for (const said of aboutUs) await isma().say(email, said);
  }
  return { shownTo, press, answerAll, begin };
}
