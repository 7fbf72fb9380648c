"""A PyTorch script as a course writes it: a convolutional network learns MNIST.

Only its import lines say which library runs it:

    python mnist_cnn.py DATA [--library torch|tinygrad_c] [--epochs 2] [--seed 0]

DATA is a folder with MNIST as torchvision lays it out. The loss of each step, the seconds of each
epoch, and loss and accuracy on the test set are printed as JSON.
"""

import argparse
import json
import time

from tqdm import tqdm

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--library", default="tinygrad_c", choices=["torch", "tinygrad_c"])
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--steps", type=int, default=0, help="stop after so many steps")
options = parser.parse_args()

if options.library == "torch":
    import torch
    import torchvision
    from torch import nn
else:
    import tinygrad_c as torch
    import tinygrad_c.nn as nn
    import tinygrad_c.vision as torchvision

torch.manual_seed(options.seed)
torch.set_num_threads(options.threads)
device = "cuda:0" if torch.cuda.is_available() else "cpu"
transform = torchvision.transforms.Compose(
    [
        torchvision.transforms.ToTensor(),
        torchvision.transforms.Normalize(mean=[0.5], std=[0.5]),
    ]
)
path = options.data
BATCH_SIZE = 256
trainData = torchvision.datasets.MNIST(path, train=True, transform=transform, download=True)
testData = torchvision.datasets.MNIST(path, train=False, transform=transform)
trainDataLoader = torch.utils.data.DataLoader(
    dataset=trainData, batch_size=BATCH_SIZE, shuffle=True
)
testDataLoader = torch.utils.data.DataLoader(dataset=testData, batch_size=BATCH_SIZE)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(in_channels=1, out_channels=16, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
            nn.Conv2d(in_channels=32, out_channels=64, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(in_features=7 * 7 * 64, out_features=128),
            nn.ReLU(),
            nn.Linear(in_features=128, out_features=10),
        )

    def forward(self, input):
        return self.model(input)


net = Net()
net.to(device)
lossF = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters())
report = {"losses": [], "seconds": [], "test loss": [], "test accuracy": []}

for epoch in range(1, options.epochs + 1):
    start = time.perf_counter()
    bar = tqdm(trainDataLoader, unit="step", disable=None)
    net.train(True)
    for step, (trainImgs, labels) in enumerate(bar):
        trainImgs = trainImgs.to(device)
        labels = labels.to(device)
        net.zero_grad()
        outputs = net(trainImgs)
        loss = lossF(outputs, labels)
        predictions = torch.argmax(outputs, dim=1)
        accuracy = torch.sum(predictions == labels) / labels.shape[0]
        loss.backward()
        optimizer.step()
        bar.set_description(
            f"[{epoch}/{options.epochs}] loss {loss.item():.4f}, accuracy {accuracy.item():.4f}"
        )
        report["losses"].append(loss.item())
        if options.steps and step + 1 == options.steps:
            break
    report["seconds"].append(time.perf_counter() - start)
    if options.steps:
        break
    correct, totalLoss = 0, 0
    net.train(False)
    for testImgs, labels in testDataLoader:
        testImgs = testImgs.to(device)
        labels = labels.to(device)
        outputs = net(testImgs)
        loss = lossF(outputs, labels)
        predictions = torch.argmax(outputs, dim=1)
        totalLoss += loss
        correct += torch.sum(predictions == labels)
    report["test loss"].append((totalLoss / len(testDataLoader)).item())
    report["test accuracy"].append((correct / len(testData)).item())

print(json.dumps(report))
