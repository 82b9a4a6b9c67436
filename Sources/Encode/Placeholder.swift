import Decode
