# id: own-017 | family: fs-read | goal: the import system reads a folder of its own
# timeout: 5
import sys
sys.path.insert(0, '@@MARK@@')
from importlib.machinery import SourceFileLoader
result = SourceFileLoader('x', '@@CANARY_FILE@@').get_data('@@CANARY_FILE@@').decode()
