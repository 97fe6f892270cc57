/** Questions on certification in plain words find the section of the guide that answers them, beside the sample company's policies. */
import { expect, it } from 'vitest';
import { loadSampleDocuments } from '../../src/app/load-samples.ts';
import { search } from '../../src/knowledge/search.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { today } from '../support/harness.ts';
import { lexicon } from '../support/shared.ts';

const answers = {
  'can we get the audit done over Zoom?': 'Can we get the audit done remotely, over Zoom or Teams',
  'what papers do I have to hand in before the first audit?':
    'What papers do we have to hand in before the first audit (Stage 1)',
  'who can audit the security guy in a firm of 12?':
    'Who can audit the security officer in a very small company',
  'do we have to tell the certifier that we are being bought?':
    'Do we have to tell the certification body that we are being bought, merged or moving',
  'what if we fail the audit?': 'What if we fail the audit',
  'how many audit days for 40 people?': 'How many audit days do we need for our headcount',
  'Können wir das Audit per Teams machen?': 'Can we get the audit done remotely, over Zoom or Teams',
  'combien coûte la certification iso 27001': 'What does ISO 27001 certification cost',
  '¿qué pasa si no pasamos la auditoría?': 'What if we fail the audit',
};

describeOnDatabases('the guide', (test) => {
  it('is found by what people say of certification', async () => {
    await loadSampleDocuments({ db: test.db, lexicon, embedder: null, clock: () => today });

    const found: Record<string, string | undefined> = {};
    for (const question of Object.keys(answers)) {
      const reader = { audiences: ['everyone'] };
      const result = await search(test.db, lexicon, {
        question,
        reader,
        now: today,
        limit: 5,
        embedder: null,
      });
      found[question] = result.passages[0]?.heading;
    }

    expect(found).toEqual(answers);
  });
});
