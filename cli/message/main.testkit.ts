import { messageCommand } from './index.ts';

// The command alone, as a program: what it does must not depend on the rest of `flexor`.
await messageCommand().parseAsync(process.argv.slice(2), { from: 'user' });
