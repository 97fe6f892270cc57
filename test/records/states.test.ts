import { expect, it } from 'vitest';
import { workPackageStates } from '../../src/isms/assessment/work-package.ts';

it.each(['constructor', 'toString', '__proto__', 'fly'])(
  '«%s» is no move, whatever a button says',
  (name) => {
    const planned = { state: 'planned' } as Parameters<typeof workPackageStates.step>[1];

    expect(workPackageStates.step(name as 'plan', planned, null)).toBeNull();
    expect(workPackageStates.by(name as 'plan', 'planned')).toBeNull();
  },
);
