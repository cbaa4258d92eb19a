import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import temporal from 'eslint-plugin-temporal';
import tseslint from 'typescript-eslint';

/**
 * The rooms, lowest first, and which rooms each may import. Nothing in a lower room imports from a higher one.
 * `except` narrows a forbidden room to what may be used of it all the same.
 */
const ROOMS = {
  base: [],
  uftp: ['base'],
  market: ['base', 'uftp'],
  store: ['base'],
  config: ['base', 'uftp'],
  services: ['base'],
  simulator: ['base', 'uftp'],
  workflows: ['base', 'uftp', 'market', { room: 'activities', only: ['contract.ts'] }],
  activities: ['base', 'uftp', 'market', 'store', 'config'],
  api: [
    'base',
    'uftp',
    'store',
    'config',
    { room: 'workflows', only: ['ids.ts', 'inbound.ts', 'search-attributes.ts'] },
  ],
  cli: ['base', 'uftp', 'market', 'store', 'config', 'services', 'workflows', 'activities', 'api'],
  rehearsal: [
    'base',
    'uftp',
    'market',
    'store',
    'config',
    'services',
    'simulator',
    'workflows',
    'activities',
    'api',
    'cli',
  ],
};

/** The arrows as the linter understands them: a zone for every pair of rooms without one. */
const zones = Object.entries(ROOMS).flatMap(([room, allowed]) =>
  Object.keys(ROOMS)
    .filter((other) => other !== room && !allowed.includes(other))
    .map((other) => {
      const partly = allowed.find((entry) => entry.room === other);
      return {
        target: `./${room}/**/!(*.test|*.testkit).ts`,
        from: `./${other}`,
        ...(partly && { except: partly.only.map((file) => `./${file}`) }),
        message: `${room}/ may not import from ${other}/ (see CONTRIBUTING.md, rooms).`,
      };
    }),
);

const NO_TIME_OR_PROCESS = [
  'process',
  'setInterval',
  'fetch',
  'WeakRef',
  'FinalizationRegistry',
  'Buffer',
].map((name) => ({ name, message: 'Not deterministic, or not there in a workflow.' }));

export default tseslint.config(
  {
    ignores: ['node_modules', 'dist', 'store/generated', '.flexor', 'coverage', 'test/histories/**/*.json'],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { disallowTypeAnnotations: false, fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'no-control-regex': 'off',
    },
  },
  {
    // Time comes from the Clock port; `systemClock` itself and Temporal's sandbox are the exceptions.
    files: ['{uftp,market,store,config,api,activities,simulator}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.testkit.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Ask the Clock port.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the Clock port.' },
      ],
    },
  },
  {
    // Code that runs in Temporal's sandbox, or must be able to.
    files: ['workflows/**/*.ts', 'market/**/*.ts', 'uftp/calendar/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...NO_TIME_OR_PROCESS],
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['node:*', 'fs', 'crypto', 'path', 'os'], message: 'Workflows have no Node.' }],
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    plugins: { temporal },
    rules: {
      'temporal/workflow-no-node-or-dom-imports': 'error',
      'temporal/workflow-no-activity-definitions-import': 'error',
      'temporal/workflow-no-fs-in-workflow': 'error',
      'temporal/workflow-no-process-env': 'error',
      'temporal/workflow-no-console': 'error',
      'temporal/workflow-no-network-in-workflow': 'error',
      'temporal/workflow-no-crypto-random': 'error',
      'temporal/workflow-no-uuid-library-in-workflow': 'error',
      'temporal/workflow-no-throw-raw-error': 'error',
      'temporal/workflow-no-bigint-in-payload': 'error',
      'temporal/workflow-require-type-only-activity-imports': 'error',
      'temporal/workflow-require-activity-timeouts': 'error',
      'temporal/workflow-require-activity-retry-policy': 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
      },
    },
  },
);
