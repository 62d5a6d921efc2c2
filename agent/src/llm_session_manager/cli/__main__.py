import sys

from llm_session_manager.cli import main

sys.exit(main())
