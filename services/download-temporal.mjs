// Downloads the Temporal server that fits the SDK into the directory argv[2], and proves that it starts.
// Run by temporal-binary.ts; ends with that process, whose end closes stdin.
import { TestWorkflowEnvironment } from '@temporalio/testing';

process.stdin.resume().on('end', () => process.exit(1));
try {
  const executable = { type: 'cached-download', downloadDir: process.argv[2] };
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
  process.exit(0);
} catch (failure) {
  process.stderr.write(String(failure instanceof Error ? failure.message : failure), () => process.exit(1));
}
