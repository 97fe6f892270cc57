import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'data', 'data-demo', 'coverage', 'test/sets'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-control-regex': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Our interfaces are written with methods and implemented by closures: no `this` is lost by taking one out.
      '@typescript-eslint/unbound-method': 'off',
      'no-misleading-character-class': 'off',
      'max-lines': ['error', { max: 400 }],
    },
  },
  // Declared events are registered, and what they are is a type.
  { files: ['**/audit-events.ts', 'test/db/audit.test.ts', 'test/records/request.test.ts', 'test/fixtures/key-loans.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
