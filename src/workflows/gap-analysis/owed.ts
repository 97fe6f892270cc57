/** Questions that people are to answer, as the house reminds them of them and as their list says it. Their first question told them of it. */
import type { Obligation } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOwedAnswers } from '../../isms/assessment/assignment.ts';
import { languageOf, wording } from '../../language/wording.ts';
import type { Interviews } from './start.ts';

export async function owedAnswers(
  { questions }: Pick<Interviews, 'questions'>,
  tx: Queryable,
  people: readonly number[],
): Promise<Obligation[]> {
  return (await selectOwedAnswers(tx, people)).map((owed): Obligation => {
    const { id, personId, askedAt, dueOn, open, total, reference, about, askerName } = owed;
    const say = wording('gap-interview', languageOf(owed));
    return {
      record: `assignment:${id}`,
      personId,
      askedAt,
      isTold: true,
      dueOn,
      item: {
        text: say('owed', { reference, about }),
        detail: open === 0 ? say('onlySubmit') : say('left', { open, total }),
        button: questions.resume(String(id), say('goOn')),
      },
      why: say('owedWhy', { who: askerName }),
      rank: 2,
    };
  });
}
