import Decode
import Encode
import Engine
