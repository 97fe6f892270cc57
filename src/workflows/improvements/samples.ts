/** Two improvements of the made-up company: one from questions that no policy answers, one from the last management review. */
import type { RoomSamples } from '../../dialogue/room.ts';
import { recordSamples } from '../../dialogue/record-samples.ts';
import { acceptAction } from '../../isms/corrective-action/moves.ts';
import { addAction } from '../../isms/corrective-action/corrective-action.ts';
import { actionsHanging } from '../../isms/corrective-action/removal.ts';
import {
  improvements,
  proposeFromQuestions,
  proposeImprovement,
} from '../../isms/improvement/improvement.ts';
import { selectOptionalDocument } from '../../isms/improvement/unanswered.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

const records = recordSamples(improvements, {
  many: 'improvements',
  title: 'title',
  of: 'owner_id = any($1)',
  parts: { improvement_question: 'improvement_id' },
  with: actionsHanging,
  async load(tx, { now, ines, person, by }) {
    const today = dayOf(now, 'UTC');
    const hugo = await person('hugo');
    const lessons = await proposeImprovement(tx, by(ines, 325), {
      title: 'One place for the evidence of every control',
      idea: 'Auditors waited for screenshots in 9 of 20 samples. Each owner keeps theirs with Isma, and it says when they grow old.',
      source: 'management_review', ownerId: hugo.id, dueOn: null,
    });
    const dueOn = addDays(today, 30);
    const accepted = await improvements.change(tx, by(hugo, 320), lessons, { state: 'accepted', due_on: dueOn }, () => ({ action: 'improvement.accepted', detail: { from: 'proposed', to: 'accepted' } }));
    const ada = await person('ada');
    const { reference } = await addAction(tx, by(hugo, 40), improvements.nameOf(accepted), { description: 'Bring the evidence of access reviews and backups', ownerId: ada.id, dueOn });
    await acceptAction(tx, by(ada, 39), reference);
    const policy = await selectOptionalDocument(tx, 'POL-05');
    await proposeFromQuestions(tx, by(ines, 6).at, {
      title: 'Say what holds for «smart, speaker» when people work at home',
      idea: `7 people asked 9 times in 90 days, and ${policy === null ? 'no policy answers it' : `the ${policy.title} does not answer it`}. Several asked: «May a smart speaker be in the room while I work at home?». Add the rule, or decline and say where it stands.`,
      ownerId: (await person('hanna')).id, documentId: policy?.id ?? null,
      figures: { people: 7, questions: 9, notHelpful: 2, days: 90, terms: ['smart', 'speaker'], examples: ['May a smart speaker be in the room while I work at home?'] },
      answers: [],
    });
  },
}); // prettier-ignore

export const improvementSamples: RoomSamples = {
  ...records,
  async letGo(tx, { documents = [] }) {
    await tx.query('update improvement set document_id = null where document_id = any($1)', [documents]);
  },
};
